/// Where releases run, `pipeline/environments/NAME.yaml`.
package struct EnvironmentDefinition: Sendable {
    package let name: String
    package let kind: TargetSchema
    /// What it says in the mapping with the kind's own keys.
    package let options: TargetOptions
    /// Host, and path of the repository that images are pushed to, such as `127.0.0.1:5000/ct-site`.
    package let repository: String?
    /// Who the registry belongs to; nil to tell it by its host.
    package let registry: RegistryOwner?
    package let data: DataConfig
    package let site: SiteSettings
    /// The account and region; nil for environments without AWS.
    package let aws: AWSConfig?
    package let reload: ReloadConfig?
    package let notify: NotifyConfig?
}

/// Where an environment keeps the data of its releases.
package struct DataConfig: Sendable {
    package let route: TransportOptions
    /// The stage of kind sync whose files lie there; nil where the environment names none.
    package let sync: String?
    package let layout: DataLayout
    /// How many data folders there are: 2 or 3, more with layout `full`.
    package let slots: Int
    /// How much is read back before a release counts as synced.
    package let verify: DataVerification
    /// Where this machine sees the folder that the route calls `root`; nil where it does not.
    package let mounted: String?
    /// The EFS file system that the slots are in, where that is known.
    package let fileSystem: String?
    package let backup: BackupConfig?
}

package enum DataLayout: String, CaseIterable, Sendable {
    /// Two or three folders; one that nothing runs from is filled.
    case slots
    /// A single folder, changed file by file while the site runs from it: no instant rollback.
    case inPlace = "in-place"
    /// A folder for each release, for places where room is cheap: every release that is kept can be
    /// rolled back to at once.
    case full
}

package enum DataVerification: String, CaseIterable, Sendable {
    case sizes, sample, full
}

/// How the site is started and judged.
package struct SiteSettings: Sendable {
    /// The port of this machine at which the site answers.
    package let port: Int
    /// The port at which the site listens inside its container.
    package let containerPort: Int
    /// The folders of a slot that the site sees, and where in the container it sees them: at least one.
    package let mounts: [SiteMount]
    /// How the process (`preview`) or the container (`local`) starts: `{port}` is filled.
    package let command: [Template]
    package let environment: [String: String]
    /// Variables of the operator's that a process of `preview` gets besides, by name.
    package let passedEnvironment: [String]
    package let front: FrontConfig
    package let health: HealthSettings
    package let smoke: [SmokeCheck]
}

/// A folder of a slot, and where in the container the site sees it.
package struct SiteMount: Sendable, Hashable {
    package let from: String
    package let to: String

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// How the front of an environment on this machine treats requests.
package struct FrontConfig: Sendable, Hashable {
    /// Seconds for which requests that are under way at a switch may go on.
    package let drain: Double
    /// Bytes that a request's body may have; nil for what the site's own nginx files say, else 1 MiB.
    package let bodySize: Int64?
    /// Seconds without a byte after which a request is given up; nil for what the site's own nginx files say, else 120.
    package let timeout: Double?
}

package struct HealthSettings: Sendable {
    package let path: String
    package let identity: SiteIdentity
    /// Answers in a row that make a release healthy.
    package let successes: Int
    /// Seconds from the first to the last of these answers, so that a site that dies early is seen.
    package let steadyFor: Double
    /// Seconds until the release counts as failed.
    package let within: Double
}

/// How it is known which release answers.
package enum SiteIdentity: String, CaseIterable, Sendable {
    /// The site names its release and data manifest in its answer.
    case release
    /// The site cannot tell: the process, the container or the instances that were started are checked instead.
    case none
}

package struct SmokeCheck: Sendable, Hashable {
    package let path: String
    package let status: Int
    package let contains: String?
}
