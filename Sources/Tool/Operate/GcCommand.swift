import Arguments
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Posix
import Terminal

/// `pipeline gc`: takes away what nothing needs any more.
enum GcCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "gc", summary: "remove stored results, logs and outputs that nothing needs any more",
        discussion:
            "Kept are the results of every unit as they are now, all that a live release, one to fall back to, or "
            + "one of the newest releases is made of, and everything younger than --days. Outputs of units "
            + "that left the definition are named one by one, and so are outputs that lie in .pipeline/quarantine for "
            + "longer. What would go is listed first.\n\n"
            + "Examples:\n  pipeline gc --dry-run\n  pipeline gc --days 90 --yes",
        options: [
            .value("days", "N", help: "keep what is younger than N days; default 30"),
            .value("keep", "N", help: "keep what the newest N releases need; default 10"),
            .flag(
                "archive",
                help:
                    "of the archive: mark what nothing needs, and remove what was marked N days ago"
            ),
            .value(
                "results", "N",
                help: "with --archive: keep the newest N results of each unit; default 5"),
            .flag("dry-run", short: "n", help: "only say what would be removed; changes nothing"),
            .flag(
                "skip-lost",
                help: "give up what only a release needs whose list is lost or damaged"),
            .flag("yes", short: "y", help: "do not ask"),
            .flag("no-wait", help: "fail at once when a run is at work"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let days = try invocation.arguments.int("days", in: 0...36_500) ?? 30
        let releases = try invocation.arguments.int("keep", in: 1...10_000) ?? 10
        let skipsLost = invocation.arguments.flag("skip-lost")
        let project = try invocation.project()
        if invocation.arguments.flag("archive") {
            let results = try invocation.arguments.int("results", in: 1...10_000) ?? 5
            return try ArchiveCollection.run(
                invocation, project, keeping: .init(releases: releases, results: results),
                days: days)
        }
        if invocation.arguments.flag("dry-run") {
            let plan = try GarbageCollection(project, ledger: try invocation.ledger())
                .plan(releases: releases, days: days, skipsLost: skipsLost)
            show(plan, invocation)
            return .done
        }
        // Under the lock: no run keeps anything meanwhile.
        return try SessionRunner(invocation, project).run { session in
            let collection = GarbageCollection(project, ledger: session.reader)
            let plan = try collection.plan(
                releases: releases, days: days, skipsLost: skipsLost)
            show(plan, invocation)
            guard !plan.isEmpty else { return [] }
            guard
                Confirmation.isGiven(
                    invocation, "This is removed for good.", word: project.definition.project)
            else { throw NotBegun(exit: .failed) }
            let spared = try collection.collect(plan)
            for file in spared { invocation.tell(keptLine(file)) }
            let count =
                plan.objects.count + plan.logs.count + plan.quarantine.count + plan.stale.count
                - spared.count
            invocation.tell("removed \(Format.count(count)) files")
            return []
        }
    }

    private static func show(_ plan: GarbageCollection.Plan, _ invocation: Invocation) {
        if invocation.isJSON {
            func total(_ files: [GarbageCollection.Plan.File]) -> JSONValue {
                .object([
                    "files": .int(Int64(files.count)),
                    "bytes": .int(files.reduce(0) { $0 + $1.bytes }),
                ])
            }
            return invocation.print(
                JSONValue.object([
                    "objects": total(plan.objects), "logs": total(plan.logs),
                    "quarantine": .array(plan.quarantine.map { .string($0.path) }),
                    "stale": .array(plan.stale.map { .string($0.path) }),
                    "saved": .array(
                        plan.spared.map {
                            .object(["path": .string($0.path), "reason": .string($0.reason)])
                        }),
                    "kept": .int(Int64(plan.kept)),
                ]).text)
        }
        for output in plan.stale {
            invocation.print(
                "stale    \(Format.escaped(output.path))  of \(Format.escaped(output.unit))")
        }
        for file in plan.quarantine {
            invocation.print(
                "quarantine  \(Format.escaped(file.path))  \(Format.bytes(file.bytes))")
        }
        for file in plan.spared { invocation.print(keptLine(file)) }
        func line(_ what: String, _ files: [GarbageCollection.Plan.File]) {
            let bytes = files.reduce(0) { $0 + $1.bytes }
            invocation.print("\(what)\(Format.count(files.count)) files, \(Format.bytes(bytes))")
        }
        line("objects  ", plan.objects)
        line("logs     ", plan.logs)
        invocation.tell("\(Format.count(plan.kept)) objects are kept")
    }

    private static func keptLine(_ file: SparedFile) -> String {
        "kept     \(Format.escaped(file.path))  once of \(Format.escaped(file.unit)): \(file.reason)"
    }
}
