import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// Reads what a report shows. Changes nothing.
final class ReportReader {
    let project: Project
    private let open: () throws -> LedgerReader?
    private var opened: LedgerReader?
    /// How many runs the report is about.
    let runs: Int
    /// The environments that it is about; nil for all.
    let environment: String?
    private var graph: ReportGraph?
    private let changes = ReleaseChanges()

    /// Attempts on the line of time: more would make the file too large for a phone.
    private static let spanLimit = 10_000
    private static let unitLimit = 10_000
    private static let failureLimit = 50
    private static let tailBytes = 8192
    private static let tailLines = 60

    /// - Parameter ledger: opens the ledger for reading; nil where there is none yet.
    init(
        _ project: Project, runs: Int, environment: String?,
        ledger: @escaping () throws -> LedgerReader?
    ) {
        self.project = project
        self.runs = runs
        self.environment = environment
        open = ledger
    }

    /// nil where nothing has run yet.
    func ledger() throws -> LedgerReader? {
        if opened == nil { opened = try open() }
        return opened
    }

    /// One state of the ledger, whatever a run records meanwhile.
    func content() throws -> ReportContent {
        guard let ledger = try ledger() else { return try look(nil) }
        return try ledger.snapshot { try look(ledger) }
    }

    private func look(_ ledger: LedgerReader?) throws -> ReportContent {
        let records = try ledger?.runs(limit: runs) ?? []
        let first = records.last?.id ?? 0
        let (spans, leftOut) = try spans(records, ledger)
        let summaries = try ledger?.runSummaries(since: first) ?? [:]
        let reasons = try ledger?.reasonCounts(since: first) ?? [:]
        let units = try ledger?.unitSummaries(since: first) ?? []
        let listed = Self.longest(units)
        return ReportContent(
            project: project.definition.project, madeMs: RecordedTime.now,
            graph: try drawnGraph(ledger),
            current: try current(ledger), runCount: try ledger?.runCount() ?? 0,
            runs: records.map { record in
                ReportContent.Run(
                    record: record, summary: summaries[record.id],
                    reasons: reasons[record.id] ?? [:], spansLeftOut: leftOut[record.id] ?? 0)
            },
            spans: spans, families: ReportFamily.of(units), units: listed,
            unitsLeftOut: units.count - listed.count,
            failures: try failures(since: first, ledger), environments: try environments(ledger))
    }

    /// Those that took most, as they stood.
    private static func longest(_ units: [UnitSummary]) -> [UnitSummary] {
        guard units.count > unitLimit else { return units }
        return Array(units.sorted { $0.totalMs > $1.totalMs }.prefix(unitLimit))
            .sorted { $0.unit < $1.unit }
    }

    /// Made once: it costs a look at every file.
    private func drawnGraph(_ ledger: LedgerReader?) throws -> ReportGraph {
        let drawn = try graph ?? ReportGraph(project, ledger)
        graph = drawn
        return drawn
    }

    private func current(_ ledger: LedgerReader?) throws -> CurrentRun? {
        let alive = try ledger?.openRuns().first {
            $0.isAlive(host: Host.name, bootID: Host.bootID(), processStart: Host.processStart)
        }
        return try alive.flatMap { run in
            try ledger.map { CurrentRun(run: run, progress: try $0.progress(run: run.id)) }
        }
    }

    /// The newest runs have their attempts whole, as far as there is room.
    private func spans(
        _ records: [RunRecord], _ ledger: LedgerReader?
    ) throws -> ([Span], leftOut: [Int64: Int]) {
        var spans: [Span] = []
        var leftOut: [Int64: Int] = [:]
        for record in records {
            let count = try ledger?.attemptCount(run: record.id) ?? 0
            let room = Self.spanLimit - spans.count
            // A part of a run tells little; only the newest is cut.
            let limit = count <= room || spans.isEmpty ? room : 0
            if limit > 0 { spans += try ledger?.spans(run: record.id, limit: limit) ?? [] }
            leftOut[record.id] = max(0, count - limit)
        }
        return (spans, leftOut)
    }

    private func failures(
        since run: Int64, _ ledger: LedgerReader?
    ) throws -> [ReportContent.Failure] {
        try ledger?.failures(since: run, limit: Self.failureLimit).map { found in
            ReportContent.Failure(
                attempt: found.attempt, times: found.times, isStanding: found.isStanding,
                log: found.attempt.log.flatMap(Self.tail))
        } ?? []
    }

    /// nil where the log is gone, or the unit printed nothing.
    private static func tail(_ path: String) -> LogExcerpt? {
        guard
            let bytes = try? FileSystem.readTail(path, limit: tailBytes),  // try?: an excerpt
            !bytes.isEmpty,
            let size = (try? FileSystem.status(path))?.flatMap(\.size)  // try?: as above
        else { return nil }
        var lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        // The first line may begin in the middle.
        if size > bytes.count, lines.count > 1 { lines.removeFirst() }
        let shown = lines.suffix(tailLines)
        return LogExcerpt(
            text: shown.joined(separator: "\n"),
            isCut: size > bytes.count || shown.count < lines.count)
    }

    private func environments(_ ledger: LedgerReader?) throws -> [ReportContent.Environment] {
        let described = try project.environmentNames()
        // An environment that is described no more has its history still.
        let all = Set(try described + (ledger?.environmentsWithReleases() ?? [])).sorted()
        return try all.filter { environment == nil || $0 == environment }.map { name in
            let report = try ReleasesReport(name, ledger: ledger)
            // What is wrong with an environment's file is for `doctor` and `run` to say.
            return ReportContent.Environment(
                kind: described.contains(name)
                    ? (try? project.environment(name))  // try?: no kind is shown
                        .map { $0.kind.name } : nil,
                report: report, changes: changes.changes(report.releases.map(\.release)))
        }
    }
}

extension ReportGraph {
    init(_ project: Project, _ ledger: LedgerReader?) throws {
        let stages = project.definition.stages
        var problem: String?
        let graph: FamilyGraph
        do {
            graph = FamilyGraph(stages, try Survey(project, ledger: ledger).graph)
        } catch {
            // The history is worth showing though the definition of today cannot be run.
            problem = "\(error)"
            graph = FamilyGraph(stages, try UnitGraph([]))
        }
        self.init(
            graph: graph, stages: stages.map(\.name),
            kinds: Dictionary(stages.map { ($0.name, $0.kind.rawValue) }) { $1 },
            problem: problem)
    }
}
