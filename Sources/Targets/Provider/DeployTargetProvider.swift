package import Failures
package import PipelineModel
package import TransportProviders

/// A kind of environment that is added as one folder: all that the rest of the tool asks about it.
///
/// `Sources/Shipping/Registry.swift` lists the providers; adding one changes that file and `Package.swift`, and no other of the
/// sources.
package struct DeployTargetProvider: Sendable {
    /// Its name, its own keys, and what its environments must have.
    package let schema: TargetSchema
    /// Why the stages image and push take no part, as `plan` prints it after the stage: "not part of …"; nil where releases
    /// are made of an image.
    package let lacksImage: String?
    /// By what it is known which release runs, where the site does not name it: for a list of what is checked. nil where
    /// no site is asked for it.
    package let evidence: String?
    /// What belongs to a release beside image and data.
    package let code: ReleaseCode
    package let deployment: Deployment
    /// Programs of this machine that it starts.
    package let programs: [RequiredProgram]
    /// What `doctor` asks of it beside its programs, for each of its environments. Nothing is changed. An error is reported as a
    /// question that could not be answered. What a service is asked is in its `ServiceTarget`.
    package let checks: @Sendable (EnvironmentDefinition) throws -> [Diagnosis]
    /// Why no deployment to this environment can succeed, as far as its file says; nil where it may. `plan`, `doctor` and
    /// `run` ask before anything begins.
    package let obstacle: @Sendable (EnvironmentDefinition, TransportProvider) -> Failure?

    /// What belongs to a release beside image and data, and is kept in the store.
    package enum ReleaseCode: Sendable {
        case none
        /// The site's code: the build context of the image stage.
        case buildContext
        /// These parts of a folder that the environment names; nil for none.
        case folder(parts: Set<String>, @Sendable (EnvironmentDefinition) -> String?)
    }

    /// How an environment comes to run a release.
    package enum Deployment: Sendable {
        /// It runs none; why.
        case none(String)
        /// The site is started on this machine alongside the one that is live, and then gets the requests.
        case site(@Sendable (SitePlace) -> any SiteRuntime)
        /// A service of AWS updates itself to the release.
        case service(ServiceProvider)
        /// The release is a folder of the place, and one switch makes it live.
        case folder(@Sendable (FolderPlace) throws -> any FolderTarget)
    }

    package init(
        schema: TargetSchema, lacksImage: String? = nil, evidence: String? = nil,
        code: ReleaseCode = .none, deployment: Deployment,
        programs: [RequiredProgram] = [],
        checks: @escaping @Sendable (EnvironmentDefinition) throws -> [Diagnosis] = { _ in [] },
        obstacle: @escaping @Sendable (EnvironmentDefinition, TransportProvider) -> Failure? = {
            _, _ in nil
        }
    ) {
        self.schema = schema
        self.lacksImage = lacksImage
        self.evidence = evidence
        self.code = code
        self.deployment = deployment
        self.programs = programs
        self.checks = checks
        self.obstacle = obstacle
    }

    /// Why a deploy stage takes no part; nil where it does.
    package var lacksDeployment: String? {
        if case .none(let reason) = deployment { reason } else { nil }
    }

    /// What a `service` is; nil for the other ways to deploy.
    package var service: ServiceProvider? {
        if case .service(let service) = deployment { service } else { nil }
    }
}

/// Where sites of an environment of this machine are kept.
package struct SitePlace: Sendable {
    package let environment: String
    /// The root of the project, absolute.
    package let root: String
    /// Where logs and records of sites lie, absolute.
    package let folder: String

    package init(environment: String, root: String, folder: String) {
        self.environment = environment
        self.root = root
        self.folder = folder
    }
}
