package import DeployTargets
import PipelineModel

extension DeployTargetProvider {
    /// The image as a container on this machine.
    package static let local = DeployTargetProvider(
        schema: .local, evidence: "the container that is started and its port",
        deployment: .site { place in
            ContainerRuntime(
                root: place.root, environment: place.environment, logs: place.folder)
        })

    /// The code as a process on this machine, without Docker.
    package static let preview = DeployTargetProvider(
        schema: .preview, lacksImage: "not part of a preview, which runs the code as a process",
        evidence: "the process that is started and its port", code: .buildContext,
        deployment: .site { place in
            ProcessRuntime(
                folder: place.folder, root: place.root, environment: place.environment)
        })
}
