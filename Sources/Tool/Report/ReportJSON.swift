import JSON
import PipelineEngine
import PipelineLedger
import PipelinePlanning

/// A report for programs, and for its own page: one JSON document.
enum ReportJSON {
    static func document(_ content: ReportContent) -> String {
        JSONValue.object([
            "project": .string(content.project), "version": .string(CommandLineTool.version),
            "made_ms": .int(content.madeMs), "graph": graph(content.graph),
            "current_run": .optional(content.current, current),
            "run_count": .int(content.runCount), "runs": .array(content.runs.map(run)),
            "attempts": .array(content.spans.map(span)),
            "families": .array(content.families.map(family)),
            "units": .array(content.units.map(unit)),
            "units_left_out": .int(content.unitsLeftOut),
            "failures": .array(content.failures.map(failure)),
            "environments": .array(content.environments.map(environment)),
        ]).text
    }

    private static func graph(_ graph: ReportGraph) -> JSONValue {
        .object([
            "nodes": .array(
                graph.graph.nodes.map { node in
                    .object([
                        "name": .string(node.name), "stage": .string(node.stage),
                        "units": node.units.map { .int($0) } ?? .null,
                        "kind": .string(graph.kinds[node.stage]),
                    ])
                }),
            "edges": .array(
                graph.graph.edges.map { .array([.int($0.from), .int($0.to)]) }),
            "stages": .strings(graph.stages), "problem": .string(graph.problem),
        ])
    }

    private static func current(_ current: CurrentRun) -> JSONValue {
        .object([
            "run": .int(current.run.id), "done": .int(current.progress.done),
            "restored": .int(current.progress.restored), "failed": .int(current.progress.failed),
            "running": .strings(current.progress.running.prefix(100)),
        ])
    }

    private static func run(_ run: ReportContent.Run) -> JSONValue {
        let record = run.record
        let counts = run.summary?.counts ?? [:]
        func count(_ outcome: PastAttempt.Outcome) -> JSONValue { .int(counts[outcome] ?? 0) }
        return .object([
            "run": .int(record.id), "command": .string(record.command),
            "started_ms": .int(record.startedMs), "ended_ms": .int(record.endedMs),
            "outcome": .string(record.outcome), "host": .string(record.host),
            "user": .string(record.user), "commit": .string(record.commit),
            "ran": count(.done), "restored": count(.restored), "failed": count(.failed),
            "interrupted": count(.interrupted), "running": count(.running),
            "work_ms": .int(run.summary?.workMs ?? 0),
            "reasons": .object(run.reasons.mapValues { .int($0) }),
            "attempts_left_out": .int(run.spansLeftOut),
        ])
    }

    private static func span(_ span: Span) -> JSONValue {
        .object([
            "unit": .string(span.unit), "stage": .string(span.stage), "run": .int(span.run),
            "outcome": .string(outcome(span.outcome)), "started_ms": .int(span.startedMs),
            "duration_ms": .int(span.durationMs),
        ])
    }

    /// As events of a run name it.
    private static func outcome(_ outcome: PastAttempt.Outcome) -> String {
        outcome == .done ? "ran" : outcome.rawValue
    }

    private static func family(_ family: ReportFamily) -> JSONValue {
        .object([
            "family": .string(family.name), "stage": .string(family.stage),
            "units": .int(family.units), "ran": .int(family.ran),
            "restored": .int(family.restored), "failed": .int(family.failed),
            "total_ms": .int(family.totalMs), "longest_ms": .int(family.longestMs),
            "spared_ms": .int(family.sparedMs), "bytes": .int(family.bytes),
        ])
    }

    private static func unit(_ unit: UnitSummary) -> JSONValue {
        .object([
            "unit": .string(unit.unit), "stage": .string(unit.stage), "ran": .int(unit.ran),
            "restored": .int(unit.restored), "failed": .int(unit.failed),
            "interrupted": .int(unit.interrupted), "total_ms": .int(unit.totalMs),
            "longest_ms": .int(unit.longestMs), "usual_ms": .int(unit.usualMs),
            "bytes": .int(unit.bytes),
        ])
    }

    private static func failure(_ failure: ReportContent.Failure) -> JSONValue {
        var members = AttemptJSON.members(failure.attempt)
        members["started"] = nil
        members["milliseconds"] = nil
        members["outcome"] = nil
        members["started_ms"] = .int(failure.attempt.startedMs)
        members["duration_ms"] = .int(failure.attempt.durationMs)
        members["times"] = .int(failure.times)
        members["standing"] = .bool(failure.isStanding)
        members["tail"] = .string(failure.log?.text)
        members["tail_cut"] = .bool(failure.log?.isCut ?? false)
        return .object(members)
    }
}
