import SQLite

/// How far the units of a run have come: how many ended in each way, each counted by its last attempt.
package struct RunProgress: Sendable, Hashable {
    package var done = 0
    package var restored = 0
    package var failed = 0
    package var interrupted = 0
    /// The names of those that run, in the order in which they were started.
    package var running: [String] = []

    package init() {}
}

extension LedgerReader {
    /// The runs that have not recorded an end: going on, or killed. Newest first.
    package func openRuns() throws -> [RunRecord] {
        // A run closes the killed ones before it, so that there are never more than a few, the newest.
        try runs(limit: 100).filter { $0.outcome == nil }
    }

    package func progress(run: Int64) throws -> RunProgress {
        var progress = RunProgress()
        let ends = try rows(
            """
            SELECT a.outcome, u.name FROM attempts a JOIN units u ON u.id = a.unit_id
            WHERE a.id IN (SELECT max(id) FROM attempts WHERE run_id = ? GROUP BY unit_id)
            ORDER BY a.id
            """, [run]
        ) { ($0.text(0), $0.text(1)) }
        for (outcome, unit) in ends {
            switch PastAttempt.Outcome(rawValue: outcome) {
            case .done: progress.done += 1
            case .restored: progress.restored += 1
            case .failed: progress.failed += 1
            case .interrupted: progress.interrupted += 1
            case .running: progress.running.append(unit)
            case nil: break
            }
        }
        return progress
    }

    /// Runs `body` on one state of the ledger, whatever is written meanwhile.
    package func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try LedgerFile.explaining(path) { try database.transaction(.deferred, body) }
    }
}
