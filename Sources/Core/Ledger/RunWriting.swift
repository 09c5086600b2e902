package import Posix
import SQLite

extension LedgerWriter {
    /// - Returns: the number of the run.
    package func beginRun(_ run: RunStart) throws -> Int64 {
        try write { database in
            try database.prepare(
                """
                INSERT INTO runs (command, started_ms, host, boot_id, pid, pid_start, user, commit_id,
                                  tool_version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                run.command, run.started.milliseconds, run.host, run.bootID, Int(run.pid),
                Int64(run.pidStart), run.user, run.commit, run.toolVersion)
            return database.lastInsertedRow
        }
    }

    package func endRun(_ id: Int64, _ outcome: RunOutcome, at ended: Timestamp) throws {
        try write(.powerCut) { database in
            try database.prepare("UPDATE runs SET ended_ms = ?, outcome = ? WHERE id = ?")
                .run(ended.milliseconds, outcome.rawValue, id)
        }
    }

    /// Takes back a run that was refused before it did anything.
    ///
    /// - Returns: false where something was recorded under it; then it stays.
    package func takeBackRun(_ id: Int64) throws -> Bool {
        try write { database in
            let tables = ["attempts", "releases", "deployments", "intents", "leases"]
            let rows = tables.map { "SELECT 1 FROM \($0) WHERE run_id = ?1" }
                .joined(separator: " UNION ALL ")
            try database.prepare("DELETE FROM runs WHERE id = ?1 AND NOT EXISTS (\(rows))").run(id)
            return database.changes > 0
        }
    }

    /// Closes what runs before `run` left open because they were killed. Only for the holder of the
    /// run lock: then no other run can be alive.
    ///
    /// - Returns: how many units were in flight.
    package func closeCrashedRuns(before run: Int64, at now: Timestamp) throws -> Int {
        try write { database in
            try database.prepare(
                """
                UPDATE attempts SET outcome = 'interrupted', message = 'the run was killed'
                WHERE outcome = 'running' AND run_id < ?
                """
            ).run(run)
            let units = database.changes
            try database.prepare(
                """
                UPDATE deployments SET outcome = 'interrupted', ended_ms = ?
                WHERE outcome IS NULL AND run_id < ?
                """
            ).run(now.milliseconds, run)
            try database.prepare(
                "UPDATE runs SET outcome = 'crashed', ended_ms = ? WHERE outcome IS NULL AND id < ?"
            ).run(now.milliseconds, run)
            return units
        }
    }
}
