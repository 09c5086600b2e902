import PipelineLedger
import PipelineModel
import SFTPTransports
package import TransportProviders

extension TransportProvider {
    /// An EFS file system behind an SFTP server of AWS that exists only while data is sent.
    package static let transfer = TransportProvider(
        schema: TransportSchema(
            name: "transfer", summary: "the temporary server of route transfer",
            keys: [
                KeySchema(
                    "role", .string, default: "aws-elasticbeanstalk-ec2-role",
                    "name or ARN of the role that may write to the file system"),
                KeySchema("logging_role", .string, "name or ARN of a role for the server's log"),
                KeySchema(
                    "user", .string, default: "pipeline", "name of the user that is made"),
                KeySchema(
                    "cost_per_hour", .scalar, default: TransferSettings.usualCost,
                    "US dollars, for the estimates"),
            ], shared: SFTPConnection.keys + [FileSystemPlace.owner], place: .fileSystem,
            isSwitchable: true),
        programs: [.ssh],
        permissions: [
            "transfer:CreateServer", "transfer:CreateUser", "transfer:DeleteServer",
            "transfer:DescribeServer", "transfer:ListServers", "transfer:TagResource",
            "iam:PassRole",
        ] + FileSystemPlace.permissions,
        identity: FileSystemPlace.identity,
        access: .temporary(
            TemporaryAccess(
                bills: { [.init(.transferServer, costPerHour: TransferSettings.cost($0))] },
                open: { try TransferAccess($0) },
                sweep: { try TransferAccess.lease($0).sweep() },
                leftovers: { client in
                    try TransferLease.leftovers(client, cancel: nil).map {
                        .init(
                            resource: $0.server, noun: "server", article: "an SFTP server",
                            project: $0.project, environment: $0.environment, site: $0.site)
                    }
                })))
}

extension TransferSettings {
    /// US dollars an hour.
    static let usualCost = "0.30"

    /// What is written and is no number counts as the default.
    static func cost(_ options: TransportOptions) -> Double {
        options.number("transfer.cost_per_hour") ?? Double(usualCost) ?? 0
    }
}
