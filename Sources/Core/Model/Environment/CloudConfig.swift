/// The account and region that an environment lives in.
package struct AWSConfig: Sendable, Hashable {
    /// Twelve digits; nil to take whatever account the credentials belong to.
    package let account: String?
    package let region: String
    package let profile: String?
    /// An address that stands in for AWS.
    package let endpoint: String?
    /// Where bundles and the environment's record are kept; nil for the bucket that Beanstalk has.
    package let bucket: String?
}

/// Who keeps a registry, which decides how one signs in to it and whether others can read it.
package enum RegistryOwner: String, CaseIterable, Sendable {
    case ecr
    case ecrPublic = "ecr-public"
    /// Any other: signed in to by the user's own Docker configuration.
    case other
}

/// An Elastic Beanstalk environment with Docker's platform.
package struct BeanstalkConfig: Sendable, Hashable {
    package let application: String
    package let environment: String
    /// The folder with `.ebextensions`, `.platform` and a template of `Dockerrun.aws.json`; relative to the
    /// project. nil for none.
    package let files: String?
    /// Where the instances mount the file system that holds the slots.
    package let mount: String
    /// The folder below the mount that holds the slots, where it differs from the data's root.
    package let root: String?
    /// How many application versions are kept besides those that are needed.
    package let versions: Int
    /// Seconds: for a busy environment to be free, and for an update to end.
    package let patience: Double
    package let timeout: Double
    /// Seconds in which instances or tasks report what they run, once an update has ended.
    package let settle: Double
    /// Whether an update that went wrong is followed by one back to the last healthy release.
    package let fallsBack: Bool
    /// The address of the site; nil for the environment's own.
    package let url: String?
}

/// Services of a cluster of the Elastic Container Service.
package struct ECSConfig: Sendable, Hashable {
    package let cluster: String
    package let services: [Service]
    /// The name of the task definitions' volume that is the file system.
    package let volume: String
    /// Seconds: for services that are being changed to settle, and for an update to end.
    package let patience: Double
    package let timeout: Double
    /// Seconds in which instances or tasks report what they run, once an update has ended.
    package let settle: Double
    /// Whether an update that went wrong is followed by one back to what ran before.
    package let fallsBack: Bool
    /// The address of the site; nil where nobody can ask it, and the tasks alone are looked at.
    package let url: String?

    package struct Service: Sendable, Hashable {
        package let name: String
        package let container: String
        package let access: Access
    }

    /// How a service sees the data of the release.
    package enum Access: String, CaseIterable, Sendable {
        case readWrite = "read-write"
        case readOnly = "read-only"
        case none
    }
}

/// A backup by AWS Backup of the file system, before a slot in it is written.
package struct BackupConfig: Sendable, Hashable {
    package let vault: String
    /// Name or ARN of the role that AWS Backup takes on.
    package let role: String
    /// Seconds.
    package let within: Double
}
