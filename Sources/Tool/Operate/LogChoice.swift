import PipelineLedger
import Posix

/// The attempts whose logs a command line asks for.
struct LogChoice {
    let attempts: [PastAttempt]
    /// What to say where there are none.
    let emptiness: String

    /// - Parameters:
    ///   - name: a unit or a stage as it was typed; nil for all of the last run.
    ///   - run: nil for the newest.
    ///   - failuresOnly: whether of several units only those that failed are meant.
    ///   - isAlive: whether the process of a run lives.
    /// - Throws: `UnknownName`, `NoRun`, `LedgerError`.
    init(
        _ name: String?, run: Int64?, failuresOnly: Bool, _ ledger: LedgerReader,
        isAlive: (RunRecord) throws -> Bool = { try $0.isHere() }
    ) throws {
        if let run, try ledger.run(run) == nil { throw NoRun(number: run, typed: name) }
        let stages = try ledger.stageNames()
        if let name, !stages.contains(name) {
            try self.init(unit: name, run: run, stages, ledger)
            return
        }
        let newest = try name.map(ledger.newestRun) ?? ledger.runs(limit: 1).first?.id
        guard let run = run ?? newest, let record = try ledger.run(run) else {
            self.init(attempts: [], emptiness: "nothing was run yet")
            return
        }
        let all = try ledger.lastAttempts(run: run).filter { name == nil || $0.stage == name }
        // A stage of one unit is that unit.
        let isOne = name != nil && all.count == 1
        let shown = failuresOnly && !isOne ? all.filter { $0.outcome == .failed } : all
        guard shown.isEmpty else {
            self.init(attempts: shown, emptiness: "")
            return
        }
        let units = name.map { "unit of stage \($0)" } ?? "unit"
        let end = RunEnd(record, isAlive: try isAlive(record))
        self.init(
            attempts: [],
            emptiness: all.isEmpty
                ? end.withoutAttempts(of: units)
                : end.withoutFailures(of: units) + "; name a unit, or add --list")
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

/// How a run ended, for a run with no log to show.
private enum RunEnd {
    case done(RunRecord)
    case failed(RunRecord)
    case interrupted(RunRecord)
    case killed(RunRecord)
    case running(RunRecord)
    /// On another machine, of which nothing is known here.
    case unrecorded(RunRecord)

    init(_ run: RunRecord, isAlive: Bool) {
        self =
            switch run.outcome.flatMap(RunOutcome.init) {
            case .done: .done(run)
            case .failed: .failed(run)
            case .interrupted: .interrupted(run)
            case .crashed: .killed(run)
            case nil:
                isAlive ? .running(run) : run.host == Host.name ? .killed(run) : .unrecorded(run)
            }
    }

    /// - Parameter units: what was looked for, such as "unit of stage compile".
    func withoutAttempts(of units: String) -> String {
        switch self {
        case .done(let run): "run \(run.id) had nothing to do: no \(units) was started"
        case .failed(let run):
            "run \(run.id) failed before it started any \(units); to see its error, run it again: \(run.command)"
        case .interrupted(let run):
            "run \(run.id) was interrupted before it started any \(units); to resume it: \(run.command)"
        case .killed(let run):
            "run \(run.id) was killed before it started any \(units); to resume it: \(run.command)"
        case .running(let run):
            "run \(run.id) is still running and has started no \(units) yet; to see where it stands: pipeline status"
        case .unrecorded(let run):
            "run \(run.id) on \(run.host) has recorded no end and no \(units)"
        }
    }

    func withoutFailures(of units: String) -> String {
        switch self {
        case .done(let run): "no \(units) failed in run \(run.id)"
        case .failed(let run):
            "run \(run.id) failed, but no \(units) did; to see its error, run it again: \(run.command)"
        case .interrupted(let run): "run \(run.id) was interrupted; no \(units) had failed"
        case .killed(let run): "run \(run.id) was killed; no \(units) had failed"
        case .running(let run): "run \(run.id) is still running; no \(units) has failed so far"
        case .unrecorded(let run):
            "run \(run.id) on \(run.host) has recorded no end; no \(units) had failed"
        }
    }
}
