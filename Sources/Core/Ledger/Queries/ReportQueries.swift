import SQLite

/// What a unit came to over several runs.
package struct UnitSummary: Sendable, Hashable {
    package let unit: String
    package let stage: String
    /// Attempts that ended in each way.
    package let ran: Int
    package let restored: Int
    package let failed: Int
    package let interrupted: Int
    /// Milliseconds of all attempts that are no restorations.
    package let totalMs: Int64
    /// Milliseconds of the longest attempt that made the outputs.
    package let longestMs: Int64
    /// Milliseconds that such attempts took on average, whenever they were; nil where there is none.
    package let usualMs: Int64?
    /// Bytes of the files that it made last.
    package let bytes: Int64
}

/// How many units a run attempted, by outcome, each counted by its last attempt, and the work that was done for it.
package struct RunSummary: Sendable, Hashable {
    package let run: Int64
    package let counts: [PastAttempt.Outcome: Int]
    /// Milliseconds of all attempts together.
    package let workMs: Int64
}

/// A piece of work on a line of time.
package struct Span: Sendable, Hashable {
    package let unit: String
    package let stage: String
    package let run: Int64
    package let outcome: PastAttempt.Outcome
    package let startedMs: Int64
    /// nil while it goes on, and where its run was killed.
    package let durationMs: Int64?
}

/// Many rows in few questions, for a report over the runs from a number on.
extension LedgerReader {
    /// Another number whenever somebody else has committed (PRAGMA data_version).
    package func dataVersion() throws -> Int64 {
        try rows("PRAGMA data_version") { $0.int(0) }.first ?? 0
    }

    package func runCount() throws -> Int64 {
        try rows("SELECT count(*) FROM runs") { $0.int(0) }.first ?? 0
    }

    /// Units that were attempted in these runs, by name.
    package func unitSummaries(since run: Int64) throws -> [UnitSummary] {
        try rows(
            """
            SELECT u.name, u.stage,
              sum(a.outcome = 'done'), sum(a.outcome = 'restored'), sum(a.outcome = 'failed'),
              sum(a.outcome = 'interrupted'),
              sum(CASE WHEN a.outcome = 'restored' THEN 0 ELSE coalesce(a.duration_ms, 0) END),
              max(CASE WHEN a.outcome = 'done' THEN coalesce(a.duration_ms, 0) ELSE 0 END),
              (SELECT CAST(avg(d.duration_ms) AS INTEGER) FROM attempts d
               WHERE d.unit_id = u.id AND d.outcome = 'done'),
              (SELECT coalesce(sum(f.size), 0) FROM artifacts f
               WHERE f.attempt_id = u.success_id AND f.kind = 'file'
                 AND f.form <> 'folder')
            FROM attempts a JOIN units u ON u.id = a.unit_id
            WHERE a.run_id >= ? GROUP BY u.id ORDER BY u.name
            """, [run]
        ) { row in
            UnitSummary(
                unit: row.text(0), stage: row.text(1), ran: Int(row.int(2)),
                restored: Int(row.int(3)), failed: Int(row.int(4)), interrupted: Int(row.int(5)),
                totalMs: row.int(6), longestMs: row.int(7), usualMs: row.optionalInt(8),
                bytes: row.int(9))
        }
    }

    /// Runs that attempted something, by number.
    package func runSummaries(since run: Int64) throws -> [Int64: RunSummary] {
        let found = try rows(
            """
            SELECT a.run_id, \(try outcomeColumn()) AS came, sum(a.id = l.newest),
              sum(CASE WHEN a.outcome = 'restored' THEN 0 ELSE coalesce(a.duration_ms, 0) END)
            FROM attempts a
            JOIN (SELECT max(id) AS newest, unit_id, run_id FROM attempts
                  WHERE run_id >= ?1 GROUP BY run_id, unit_id) l
              ON l.unit_id = a.unit_id AND l.run_id = a.run_id
            WHERE a.run_id >= ?1 GROUP BY a.run_id, came
            """, [run]
        ) { row in
            (
                row.int(0), PastAttempt.Outcome(rawValue: row.text(1)) ?? .interrupted,
                Int(row.int(2)), row.int(3)
            )
        }
        return Dictionary(grouping: found) { $0.0 }.mapValues { lines in
            RunSummary(
                run: lines[0].0, counts: Dictionary(lines.map { ($0.1, $0.2) }) { $0 + $1 },
                workMs: lines.reduce(0) { $0 + $1.3 })
        }
    }

    /// Why units were attempted, by run: how many of a run's attempts had a reason of each kind.
    package func reasonCounts(since run: Int64) throws -> [Int64: [String: Int]] {
        let found = try rows(
            """
            SELECT a.run_id, json_extract(r.value, '$.reason'), count(DISTINCT a.id)
            FROM attempts a, json_each(CASE WHEN json_valid(a.reasons) THEN a.reasons ELSE '[]' END) r
            WHERE a.run_id >= ? AND r.type = 'object' GROUP BY 1, 2
            """, [run]
        ) { ($0.int(0), $0.optionalText(1) ?? "unknown", Int($0.int(2))) }
        return found.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }

    /// The longest attempts of a run, in the order in which they began.
    package func spans(run: Int64, limit: Int) throws -> [Span] {
        try rows(
            """
            SELECT * FROM (
              SELECT u.name, u.stage, a.run_id, a.outcome, a.started_ms, a.duration_ms, a.id
              FROM attempts a JOIN units u ON u.id = a.unit_id
              WHERE a.run_id = ? ORDER BY a.duration_ms IS NULL DESC, a.duration_ms DESC LIMIT ?)
            ORDER BY 5, 7
            """, [run, limit]
        ) { row in
            Span(
                unit: row.text(0), stage: row.text(1), run: row.int(2),
                outcome: PastAttempt.Outcome(rawValue: row.text(3)) ?? .interrupted,
                startedMs: row.int(4), durationMs: row.optionalInt(5))
        }
    }

    package func attemptCount(run: Int64) throws -> Int {
        try rows("SELECT count(*) FROM attempts WHERE run_id = ?", [run]) { Int($0.int(0)) }.first
            ?? 0
    }

    /// The last failure of each unit in these runs, with how often it failed in them; the newest first.
    package func failures(
        since run: Int64, limit: Int
    ) throws -> [(attempt: PastAttempt, times: Int, isStanding: Bool)] {
        let found = try rows(
            """
            SELECT max(a.id), count(*), u.newest_id = max(a.id)
            FROM attempts a JOIN units u ON u.id = a.unit_id
            WHERE a.outcome = 'failed' AND a.run_id >= ? GROUP BY a.unit_id
            ORDER BY 3 DESC, 1 DESC LIMIT ?
            """, [run, limit]
        ) { ($0.int(0), Int($0.int(1)), $0.int(2) != 0) }
        return try found.compactMap { id, times, isStanding in
            try attempt(id).map { ($0, times, isStanding) }
        }
    }
}
