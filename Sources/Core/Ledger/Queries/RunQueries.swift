import SQLite

/// How far the units of a run have come: how many ended in each way, each counted by its last attempt.
package struct RunProgress: Sendable, Hashable {
    package var done = 0
    package var restored = 0
    package var fetched = 0
    package var failed = 0
    package var interrupted = 0
    /// The names of those that run, in the order in which they were started.
    package var running: [String] = []
    /// How many were submitted to a cluster and wait there.
    package var waiting = 0
    /// Why, in the words of its queue; nil where none waits.
    package var waits: String?
    /// The queue.
    package var queue: String?

    package init() {}
}

extension LedgerReader {
    /// The runs that have not recorded an end: going on, or killed. Newest first.
    package func openRuns() throws -> [RunRecord] {
        // A run closes the killed ones before it, so that there are never more than a few, the newest.
        try runs(limit: 100).filter { $0.outcome == nil }
    }

    /// The units that runs with `--force` have made again already, where the newest of them was interrupted or killed, and
    /// so were those with the same command just before it: what the same command need not make again.
    ///
    /// - Parameters:
    ///   - isSame: whether a run's command is the one that goes on.
    ///   - current: the active run, which is not looked at; nil where none does.
    package func forcedBefore(
        _ current: Int64?, isSame: (String) -> Bool
    ) throws -> Set<String> {
        var interrupted: [Int64] = []
        for run in try runs(limit: 1000) where run.id != current {
            // A run that was killed has no outcome until the next one gives it one.
            let ends: Set<String?> = [
                RunOutcome.interrupted.rawValue, RunOutcome.crashed.rawValue, nil,
            ]
            guard ends.contains(run.outcome), isSame(run.command) else { break }
            interrupted.append(run.id)
        }
        guard let first = interrupted.last, let last = interrupted.first else { return [] }
        return Set(
            try rows(
                """
                SELECT DISTINCT u.name FROM attempts a JOIN units u ON u.id = a.unit_id
                WHERE a.run_id BETWEEN ? AND ? AND a.outcome = 'done' AND u.success_id = a.id
                  AND a.reasons LIKE '%"reason":"forced"%'
                """, [first, last]
            ) { $0.text(0) })
    }

    package func progress(run: Int64) throws -> RunProgress {
        var progress = RunProgress()
        let ends = try rows(
            """
            SELECT \(try outcomeColumn()), u.name FROM attempts a JOIN units u ON u.id = a.unit_id
            WHERE a.id IN (SELECT max(id) FROM attempts WHERE run_id = ? GROUP BY unit_id)
            ORDER BY a.id
            """, [run]
        ) { ($0.text(0), $0.text(1)) }
        for (outcome, unit) in ends {
            switch PastAttempt.Outcome(rawValue: outcome) {
            case .done: progress.done += 1
            case .restored: progress.restored += 1
            case .fetched: progress.fetched += 1
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
