package import Digests
package import PipelinePlanning
import SQLite

/// An attempt as it is recorded, for those who ask what happened.
package struct PastAttempt: Sendable, Hashable {
    package let id: Int64
    package let unit: String
    package let stage: String
    package let run: Int64
    package let outcome: Outcome
    package let reasons: [RecordedReason]
    package let startedMs: Int64
    /// nil while it goes on, and where its run was killed.
    package let durationMs: Int64?
    /// Project-relative.
    package let log: String?
    package let message: String?
    /// Who made the outputs, where that was another clone.
    package let origin: ResultOrigin?

    package enum Outcome: String, Sendable {
        case running, done, restored, failed, interrupted
        /// In the ledger `restored` with an origin: the outputs came from an archive.
        case fetched
    }

    package init(
        id: Int64, unit: String, stage: String, run: Int64, outcome: Outcome,
        reasons: [RecordedReason], startedMs: Int64, durationMs: Int64?, log: String?,
        message: String?, origin: ResultOrigin? = nil
    ) {
        self.origin = origin
        self.id = id
        self.unit = unit
        self.stage = stage
        self.run = run
        self.outcome = outcome
        self.reasons = reasons
        self.startedMs = startedMs
        self.durationMs = durationMs
        self.log = log
        self.message = message
    }
}

/// The four sets of components that a successful attempt was recorded with.
package struct RecordedComponents: Sendable, Hashable {
    package let recipe: ComponentSet
    package let code: ComponentSet
    package let inputs: ComponentSet
    package let reads: ComponentSet

    package init(
        recipe: ComponentSet, code: ComponentSet, inputs: ComponentSet, reads: ComponentSet
    ) {
        self.recipe = recipe
        self.code = code
        self.inputs = inputs
        self.reads = reads
    }
}

extension LedgerReader {
    private func attemptColumns() throws -> String {
        """
        SELECT a.id, u.name, u.stage, a.run_id, \(try outcomeColumn()), a.reasons, a.started_ms,
               a.duration_ms, a.log, a.message, \(try knowsArchives() ? "a.origin" : "NULL")
        FROM attempts a JOIN units u ON u.id = a.unit_id
        """
    }

    /// The outcome, where what was restored from an archive is `fetched`.
    func outcomeColumn() throws -> String {
        try knowsArchives()
            ? "CASE WHEN a.origin IS NULL OR a.outcome <> 'restored' THEN a.outcome ELSE 'fetched' END"
            : "a.outcome"
    }

    /// Every attempt of a unit, newest first.
    package func attempts(unit: String) throws -> [PastAttempt] {
        try rows(
            try attemptColumns() + " WHERE u.name = ? ORDER BY a.id DESC", [unit], Self.attempt)
    }

    /// Every attempt of all units of a stage, newest first.
    package func attempts(stage: String) throws -> [PastAttempt] {
        try rows(
            try attemptColumns() + " WHERE u.stage = ? ORDER BY a.id DESC", [stage], Self.attempt)
    }

    /// The newest attempt of each unit of a stage, newest first.
    package func newestAttempts(stage: String) throws -> [PastAttempt] {
        try rows(
            try attemptColumns() + " WHERE u.stage = ? AND u.newest_id = a.id ORDER BY a.id DESC",
            [stage], Self.attempt)
    }

    package func attempt(_ id: Int64) throws -> PastAttempt? {
        try rows(try attemptColumns() + " WHERE a.id = ?", [id], Self.attempt).first
    }

    /// The last attempt of each unit that was attempted in a run, in the order of attempts: what a
    /// unit that was tried again came to in the end.
    package func lastAttempts(run: Int64) throws -> [PastAttempt] {
        try rows(
            try attemptColumns()
                + """
                 WHERE a.id IN (SELECT max(id) FROM attempts WHERE run_id = ? GROUP BY unit_id)
                ORDER BY a.id
                """, [run], Self.attempt)
    }

    /// The units whose newest attempt failed, the newest failure first.
    package func standingFailures(limit: Int = 1000) throws -> [PastAttempt] {
        try rows(
            try attemptColumns()
                + """
                 WHERE a.outcome = 'failed' AND u.newest_id = a.id
                ORDER BY a.id DESC LIMIT ?
                """, [limit], Self.attempt)
    }

    /// The newest run in which a unit of the stage was attempted.
    package func newestRun(stage: String) throws -> Int64? {
        try rows(
            """
            SELECT max(a.run_id) FROM attempts a JOIN units u ON u.id = a.unit_id WHERE u.stage = ?
            """, [stage]
        ) { $0.optionalInt(0) }.first.flatMap { $0 }
    }

    /// How many units of a stage went on side by side the last time that many of them ran, by what they took and how long
    /// all of it took. A unit's time has in it what it waited for others to be published with it, so that this may be
    /// more than the slots for short units. Nil where never so many ran.
    package func sideBySide(stage: String, atLeast units: Int) throws -> Double? {
        try rows(
            """
            SELECT total(a.duration_ms), max(a.started_ms + a.duration_ms) - min(a.started_ms)
            FROM attempts a JOIN units u ON u.id = a.unit_id
            WHERE u.stage = ? AND a.outcome = 'done' GROUP BY a.run_id HAVING count(*) >= ?
            ORDER BY a.run_id DESC LIMIT 1
            """, [stage, units]
        ) { row in
            (row.optionalDouble(0) ?? 0) / Double(max(1, row.int(1)))
        }.first
    }

    /// What was attempted after this attempt: names of units and steps, and their stages.
    package func attempted(after attempt: Int64) throws -> [(unit: String, stage: String)] {
        try rows(
            """
            SELECT DISTINCT u.name, u.stage FROM attempts a JOIN units u ON u.id = a.unit_id
            WHERE a.id > ?
            """, [attempt]
        ) { ($0.text(0), $0.text(1)) }
    }

    /// What units have made, by path: the unit, and the digest of the file as the newest success recorded it.
    package func madeFiles() throws -> [String: (unit: String, digest: Digest)] {
        let found = try rows(
            """
            SELECT f.name, f.digest, u.name FROM units u
            JOIN artifacts f ON f.attempt_id = u.success_id AND f.kind = 'file'
            ORDER BY f.attempt_id
            """
        ) { row in row.digest(1).map { (row.text(0), row.text(2), $0) } }
        var made: [String: (unit: String, digest: Digest)] = [:]
        for case (let path, let unit, let digest)? in found { made[path] = (unit, digest) }
        return made
    }

    /// The names of all units that were ever attempted, sorted.
    package func unitNames() throws -> [String] {
        try rows("SELECT name FROM units ORDER BY name") { $0.text(0) }
    }

    package func stageNames() throws -> [String] {
        try rows("SELECT DISTINCT stage FROM units ORDER BY stage") { $0.text(0) }
    }

    private static func attempt(_ row: Statement) -> PastAttempt {
        PastAttempt(
            id: row.int(0), unit: row.text(1), stage: row.text(2), run: row.int(3),
            outcome: PastAttempt.Outcome(rawValue: row.text(4)) ?? .interrupted,
            reasons: RecordedReason.all(parsing: row.text(5)), startedMs: row.int(6),
            durationMs: row.optionalInt(7), log: row.optionalText(8), message: row.optionalText(9),
            origin: row.optionalText(10).flatMap { ResultOrigin(parsing: $0) })
    }
}
