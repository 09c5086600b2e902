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

/// A backup by AWS Backup of the file system, before a slot in it is written.
package struct BackupConfig: Sendable, Hashable {
    package let vault: String
    /// Name or ARN of the role that AWS Backup takes on.
    package let role: String
    /// Seconds.
    package let within: Double
}
