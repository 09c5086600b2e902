package import Posix
import SQLite

/// Who runs, or ran: a row of `runs`.
package struct RunRecord: Sendable {
    package let id: Int64
    package let command: String
    package let startedMs: Int64
    package let endedMs: Int64?
    package let outcome: String?
    package let host: String
    package let bootID: String
    package let pid: Int32
    package let pidStart: Int64
    package let user: String
    package let commit: String?
}

/// Everything that a new run says about itself.
package struct RunStart: Sendable {
    package let command: String
    package let started: Timestamp
    package let host: String
    package let bootID: String
    package let pid: Int32
    package let pidStart: UInt64
    package let user: String
    package let commit: String?
    package let toolVersion: String

    package init(
        command: String, started: Timestamp, host: String, bootID: String, pid: Int32,
        pidStart: UInt64, user: String, commit: String?, toolVersion: String
    ) {
        self.command = command
        self.started = started
        self.host = host
        self.bootID = bootID
        self.pid = pid
        self.pidStart = pidStart
        self.user = user
        self.commit = commit
        self.toolVersion = toolVersion
    }
}

package enum RunOutcome: String, Sendable {
    case done, failed, interrupted, crashed
}

extension LedgerReader {
    private static let runColumns = """
        SELECT id, command, started_ms, ended_ms, outcome, host, boot_id, pid, pid_start, user,
               commit_id
        FROM runs
        """

    /// Newest first.
    package func runs(limit: Int) throws -> [RunRecord] {
        try rows(Self.runColumns + " ORDER BY id DESC LIMIT ?", [limit], Self.run)
    }

    package func run(_ id: Int64) throws -> RunRecord? {
        try rows(Self.runColumns + " WHERE id = ?", [id], Self.run).first
    }

    private static func run(_ row: Statement) -> RunRecord {
        RunRecord(
            id: row.int(0), command: row.text(1), startedMs: row.int(2),
            endedMs: row.optionalInt(3), outcome: row.optionalText(4), host: row.text(5),
            bootID: row.text(6), pid: Int32(row.int(7)), pidStart: row.int(8),
            user: row.text(9), commit: row.optionalText(10))
    }
}
