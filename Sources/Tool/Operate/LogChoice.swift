import PipelineLedger

/// The attempts whose logs a command line asks for.
struct LogChoice {
    let attempts: [PastAttempt]
    /// What to say where there are none.
    let emptiness: String

    /// - Parameters:
    ///   - name: a unit or a stage as it was typed; nil for all of the last run.
    ///   - run: nil for the newest.
    ///   - failuresOnly: whether of several units only those that failed are meant.
    /// - Throws: `UnknownName`, `LedgerError`.
    init(
        _ name: String?, run: Int64?, failuresOnly: Bool, _ ledger: LedgerReader
    ) throws {
        let stages = try ledger.stageNames()
        if let name, !stages.contains(name) {
            try self.init(unit: name, run: run, stages, ledger)
            return
        }
        let newest = try name.map(ledger.newestRun) ?? ledger.runs(limit: 1).first?.id
        guard let run = run ?? newest else {
            self.init(attempts: [], emptiness: "nothing was run yet")
            return
        }
        let all = try ledger.lastAttempts(run: run).filter { name == nil || $0.stage == name }
        // A stage of one unit is that unit.
        let isOne = name != nil && all.count == 1
        let shown = failuresOnly && !isOne ? all.filter { $0.outcome == .failed } : all
        self.init(
            attempts: shown,
            emptiness: all.isEmpty
                ? "run \(run) had nothing to do\(name.map { " of stage \($0)" } ?? "")"
                : "nothing failed in run \(run); name a unit, or see --list")
    }

    private init(
        unit typed: String, run: Int64?, _ stages: [String], _ ledger: LedgerReader
    ) throws {
        let names = try ledger.unitNames()
        guard let unit = UnitNames(names: names).find(typed) else {
            throw UnknownName(
                typed, kinds: "attempted unit or stage", known: stages + names,
                advice: "`pipeline logs --list` lists those of the last run")
        }
        let attempts = try ledger.attempts(unit: unit).filter { run == nil || $0.run == run }
        // What came from the store printed nothing: the attempt that ran did.
        let chosen = attempts.first { $0.log != nil } ?? attempts.first
        self.init(
            attempts: chosen.map { [$0] } ?? [],
            emptiness: "run \(run ?? 0) did not attempt \(unit); see `pipeline why \(unit) --past`")
    }

    private init(attempts: [PastAttempt], emptiness: String) {
        self.attempts = attempts
        self.emptiness = emptiness
    }
}
