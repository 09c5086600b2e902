import DeployTargets
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

    /// What starts and stops the sites of the environment.
    ///
    /// - Throws: `ShippingError.notHere` where they do not run on this machine.
    func runtime() throws -> any SiteRuntime {
        guard case .site(let make) = target.deployment else {
            throw ShippingError.notHere(environment: environment.name)
        }
        return make(
            SitePlace(
                environment: environment.name, root: project.root,
                folder: absolute("\(environmentFolder)/sites")))
    }

    /// Where what a deployment's site printed is kept, relative to the project.
    func siteLogPath(_ deployment: Int64) -> String {
        "\(environmentFolder)/sites/site-\(deployment).log"
    }

    package func front() -> Front {
        let stage = try? imageStage()  // try?: without one the site brings no files for nginx
        let nginx = stage.map { "\($0.image.context)/.platform/nginx/conf.d" }
        let extensions = nginx.flatMap { isFolder($0) ? absolute($0) : nil }
        return Front(
            folder: absolute("\(environmentFolder)/front"), port: environment.site.port,
            extensions: extensions, settings: environment.site.front.settings)
    }

    /// The address at which the live release tells how it is.
    func healthAddress() -> String {
        front().address + environment.site.health.path.drop { $0 == "/" }
    }
}

extension FrontConfig {
    fileprivate var settings: FrontSettings {
        FrontSettings(drain: drain, bodySize: bodySize, timeout: timeout)
    }
}

extension ShippingContext {
    /// Why the front takes no change though requests are answered; nil where it does.
    func frontFault() -> String? {
        switch front().state() {
        case .running: nil
        case .absent: "no front of this environment runs, and something else answers"
        case .orphaned:
            "the front's nginx has lost its master process: it answers, and takes no change"
        case .foreign(let holder):
            "port \(environment.site.port) is held by \(holder), not by this environment's front"
        }
    }
}
