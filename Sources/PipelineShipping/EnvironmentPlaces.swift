import PipelineEngine
import PipelineModel
package import SiteRuntime

/// Where an environment of this machine keeps things, and what runs its sites.
extension ShippingContext {
    var environmentFolder: String { "\(Project.statePath)/environments/\(environment.name)" }

    /// An absolute path of a project-relative one: for programs that do not work from the root.
    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(project.root)/\(path)"
    }

    func runtime() -> any SiteRuntime {
        switch environment.kind {
        case .local:
            ContainerRuntime(
                root: project.root, project: project.definition.project,
                environment: environment.name)
        case .preview, .data, .beanstalk, .ecs:
            ProcessRuntime(
                folder: "\(environmentFolder)/sites", root: project.root,
                environment: environment.name)
        }
    }

    package func front() -> Front {
        let nginx = (try? imageStage().image.context).map { "\($0)/.platform/nginx/conf.d" }
        let extensions = nginx.flatMap { isFolder($0) ? absolute($0) : nil }
        return Front(
            folder: absolute("\(environmentFolder)/front"), port: environment.site.port,
            extensions: extensions)
    }

    /// The address at which the live release tells how it is.
    func healthAddress() -> String {
        front().address + environment.site.health.path.drop { $0 == "/" }
    }
}
