import Archive
import Arguments
import JSON
import PipelineEngine
import PipelineModel
import PipelineShipping
import Terminal

/// `pipeline gc --archive`: what nothing of any clone needs in the archive.
enum ArchiveCollection {
    static func run(
        _ invocation: Invocation, _ project: Project, keeping kept: ArchiveUpkeep.Kept,
        days: Int
    ) throws -> ExitCode {
        guard let archive = project.shared as? ProjectArchive else {
            throw ArchiveUpkeep.noArchive
        }
        if invocation.arguments.flag("dry-run") {
            try invocation.readArchive(project, afresh: true)
            try archive.mustHaveAnswered()
            try archive.mustBeWhole("nothing is collected", evenOfStrangers: true)
            let upkeep = try ArchiveUpkeep(
                project, ledger: try invocation.ledger(), cancel: nil)
            let plan = try upkeep.plan(keeping: kept, days: days, changesNothing: true)
            show(plan, days, invocation)
            return .done
        }
        return try SessionRunner(invocation, project).run { session in
            try archive.mustHaveAnswered()
            try archive.mustBeWhole("nothing is collected", evenOfStrangers: true)
            let upkeep = try ArchiveUpkeep(
                project, ledger: session.reader, cancel: session.cancellation)
            func planned() throws -> ArchiveCollecting.Plan {
                try upkeep.plan(keeping: kept, days: days, changesNothing: false)
            }
            let plan = try planned()
            show(plan, days, invocation)
            if !plan.removed.isEmpty {
                guard
                    Confirmation.isGiven(
                        invocation, "This is removed for good, for all clones.",
                        word: project.definition.project)
                else { throw NotBegun(exit: .failed) }
            }
            let done = try archive.collect(plan, upkeep, session, again: planned)
            if !plan.removed.isEmpty {
                let spared = plan.removed.count - done.removed.count
                invocation.tell(
                    "removed \(Format.count(done.removed.count)) files of the archive"
                        + (spared > 0
                            ? "; \(Format.count(spared)) stay: something needs them by now, or their copy cannot be read"
                            : ""))
            }
            return []
        }
    }

    private static func show(
        _ plan: ArchiveCollecting.Plan, _ days: Int, _ invocation: Invocation
    ) {
        let (removed, marked) = (plan.removed.values, plan.marked.values)
        if invocation.isJSON {
            func total(_ sizes: some Collection<Int64>) -> JSONValue {
                ["files": .int(sizes.count), "bytes": .int(sizes.reduce(0, +))]
            }
            return invocation.print(
                JSONValue.object([
                    "removed": total(removed), "marked": total(marked),
                    "kept": ["files": .int(plan.kept), "bytes": .int(plan.keptBytes)],
                    "rewritten": [
                        "contents": .int(plan.rewritten.count),
                        "bytes": .int(plan.rewrittenBytes),
                    ],
                ]).text)
        }
        func line(_ what: String, _ count: Int, _ bytes: Int64) {
            invocation.print(
                "\(DisplayWidth.pad(what, to: 8)) \(Format.count(count)) files, \(Format.bytes(bytes))"
            )
        }
        line("remove", removed.count, removed.reduce(0, +))
        line("marked", marked.count, marked.reduce(0, +))
        line("kept", plan.kept, plan.keptBytes)
        if !plan.rewritten.isEmpty {
            invocation.print(
                "rewrite  \(Format.count(plan.rewritten.count)) contents, \(Format.bytes(plan.rewrittenBytes)), "
                    + "of packs that hold little else that is needed")
        }
        if plan.isHeldBack {
            invocation.tell(
                "nothing is removed this time: by this machine's clock nobody has used the archive within \(days) days, so the clock may be wrong; if it is right, run the command again"
            )
        }
        if days == 0, !marked.isEmpty || !removed.isEmpty {
            invocation.tell(
                "with --days 0 a file may go while a run elsewhere counts on it: end all runs of other clones first"
            )
        }
        if !marked.isEmpty {
            invocation.tell(
                "what is marked goes with the first `pipeline gc --archive` after \(days) days, unless something needs it by then"
            )
        }
    }
}
