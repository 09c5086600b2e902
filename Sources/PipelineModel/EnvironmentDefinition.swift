/// Where releases run, `pipeline/environments/NAME.yaml`.
package struct EnvironmentDefinition: Sendable {
    package let name: String
    package let kind: EnvironmentKind
    /// Host, and path of the repository that images are pushed to, such as `127.0.0.1:5000/ct-site`.
    package let repository: String?
    package let data: DataPlace
    package let site: SiteSettings
}

package enum EnvironmentKind: String, CaseIterable, Sendable {
    /// The image as a container on this machine.
    case local
    /// The code as a process on this machine, without Docker.
    case preview
}

/// Where an environment keeps the data of its releases.
package struct DataPlace: Sendable {
    package let route: DataRoute
    /// How many data folders there are: 2 or 3.
    package let slots: Int
}

package enum DataRoute: Sendable, Hashable {
    /// A folder of this machine, such as a mounted EFS; relative to the project.
    case directory(String)
}

/// How the site is started and judged.
package struct SiteSettings: Sendable {
    /// The port of this machine at which the site answers.
    package let port: Int
    /// The port at which the site listens inside its container.
    package let containerPort: Int
    /// The folder of a slot that the site sees, and where in the container it sees it.
    package let mountFrom: String
    package let mountTo: String
    /// How the process starts (`preview`): `{port}` is filled.
    package let command: [Template]
    package let environment: [String: String]
    package let health: HealthSettings
    package let smoke: [SmokeCheck]
}

package struct HealthSettings: Sendable {
    package let path: String
    /// Answers in a row that make a release healthy.
    package let successes: Int
    /// Seconds from the first to the last of these answers, so that a site that dies early is seen.
    package let steadyFor: Double
    /// Seconds until the release counts as failed.
    package let within: Double
}

package struct SmokeCheck: Sendable, Hashable {
    package let path: String
    package let status: Int
    package let contains: String?
}
