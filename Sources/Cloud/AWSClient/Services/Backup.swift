package import Posix
package import Processes

/// A backup of AWS Backup that was asked for
/// (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeBackupJob.html).
package struct BackupJob: Hashable, Sendable, Decodable {
    package let backupJobId: String
    /// CREATED, PENDING, RUNNING, COMPLETED, FAILED, EXPIRED, ABORTED, ABORTING, PARTIAL.
    package let state: String?
    package let percentDone: String?
    package let statusMessage: String?
    package let recoveryPointArn: String?

    package var hasFailed: Bool {
        ["FAILED", "EXPIRED", "ABORTED", "ABORTING", "PARTIAL"].contains(state)
    }
}

package struct RecoveryPoint: Hashable, Sendable, Decodable {
    package let recoveryPointArn: String
    package let status: String?
    package let creationDate: Moment?
    package let backupVaultName: String?

    /// Version 1 of the tool writes seconds since 1970 here, version 2 text as ISO 8601 has it.
    package enum Moment: Hashable, Sendable, Decodable {
        case seconds(Double)
        case text(String)

        package init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let seconds = try? value.decode(Double.self) {  // try?: the other form
                self = .seconds(seconds)
            } else {
                self = .text(try value.decode(String.self))
            }
        }

        package var date: Timestamp? {
            switch self {
            case .seconds(let seconds): Timestamp(nanoseconds: Int64(seconds * 1_000_000_000))
            case .text(let text): Timestamp(iso8601: text)
            }
        }
    }
}

extension AWSCall {
    /// Repeatable: equal tokens are one job.
    package static func startBackup(
        vault: String, resource: String, role: String, token: String
    ) -> AWSCall {
        AWSCall(
            "backup", "start-backup-job",
            [
                "--backup-vault-name", vault, "--resource-arn", resource, "--iam-role-arn", role,
                "--idempotency-token", token,
            ])
    }

    package static func backupJob(_ id: String) -> AWSCall {
        AWSCall("backup", "describe-backup-job", ["--backup-job-id", id])
    }

    package static func recoveryPoints(of resource: String) -> AWSCall {
        AWSCall("backup", "list-recovery-points-by-resource", ["--resource-arn", resource])
    }
}

extension AWSClient {
    /// - Returns: the job's id.
    package func startBackup(
        vault: String, resource: String, role: String, token: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> String {
        struct Answer: Decodable { let backupJobId: String }
        let answer: Answer = try ask(
            .startBackup(vault: vault, resource: resource, role: role, token: token),
            cancel: cancel)
        return answer.backupJobId
    }

    package func backupJob(
        _ id: String, cancel: Cancellation? = nil
    ) throws(AWSError) -> BackupJob {
        try ask(.backupJob(id), cancel: cancel)
    }

    package func recoveryPoints(of resource: String) throws(AWSError) -> [RecoveryPoint] {
        struct Answer: Decodable { let recoveryPoints: [RecoveryPoint]? }
        let answer: Answer = try ask(.recoveryPoints(of: resource))
        return answer.recoveryPoints ?? []
    }
}
