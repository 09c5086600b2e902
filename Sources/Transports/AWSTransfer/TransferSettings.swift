import AWS

/// How a server is made, and for whom.
package struct TransferSettings: Sendable {
    package let project: String
    package let environment: String
    /// What the environment's lock guards: two sites may have one project and environment.
    package let site: String
    package let fileSystem: String
    /// The folder in the file system that the user sees as its root.
    package let folder: String
    /// Names or ARNs.
    package var role: String
    package var loggingRole: String?
    package var user: String
    package var uid: Int
    package var gid: Int
    /// US dollars (https://aws.amazon.com/aws-transfer-family/pricing/); told, never used to decide.
    package var costPerHour: Double
    /// The account whose roles are meant by names.
    package let account: String
    /// Seconds until a server is online, and until it answers.
    package var startPatience: Double = 600
    package var reachPatience: Double = 300
    /// Seconds between two looks.
    package var interval: Double = 3
    /// Seconds in which a server that was just made may be missing from the list of servers.
    package var listPatience: Double = 9
    /// Seconds in which a server that was deleted may still be listed.
    package var deletePatience: Double = 120

    package init(
        project: String, environment: String, site: String, fileSystem: String, folder: String,
        role: String, loggingRole: String?, user: String, uid: Int, gid: Int, costPerHour: Double,
        account: String
    ) {
        self.project = project
        self.environment = environment
        self.site = site
        self.fileSystem = fileSystem
        self.folder = folder
        self.role = role
        self.loggingRole = loggingRole
        self.user = user
        self.uid = uid
        self.gid = gid
        self.costPerHour = costPerHour
        self.account = account
    }

    func arn(_ role: String) -> String {
        role.hasPrefix("arn:") ? role : "arn:aws:iam::\(account):role/\(role)"
    }

    func tags(token: String) -> [AWSTag] {
        [
            AWSTag(TransferTag.project, Self.tagValue(project)),
            AWSTag(TransferTag.environment, Self.tagValue(environment)),
            AWSTag(TransferTag.site, Self.tagValue(site)), AWSTag(TransferTag.token, token),
        ]
    }

    /// Whether a server is one that this site's lock guards. One that does not name its site was made by an earlier version,
    /// perhaps for another: only the journal tells whose it is.
    func isOwn(_ tags: [AWSTag]) -> Bool {
        func value(_ key: String) -> String? { tags.first { $0.key == key }?.value }
        return value(TransferTag.project) == Self.tagValue(project)
            && value(TransferTag.environment) == Self.tagValue(environment)
            && value(TransferTag.site) == Self.tagValue(site)
    }

    /// Values of tags may hold letters, digits and a few signs
    /// (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html).
    private static func tagValue(_ text: String) -> String {
        let kept = text.map { character in
            character.isASCII && (character.isLetter || character.isNumber)
                || "+-._:/@".contains(character) ? character : "_"
        }
        return String(kept.prefix(256))
    }
}

/// What marks the servers of this tool.
package enum TransferTag {
    package static let project = "pipeline:project"
    package static let environment = "pipeline:environment"
    package static let site = "pipeline:site"
    package static let token = "pipeline:token"
}
