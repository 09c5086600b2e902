import Arguments
import PipelineEngine
import PipelineLedger
import Posix
import Terminal

/// `pipeline logs`: what units printed. Changes nothing.
enum LogsCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "logs", summary: "print what units wrote to their logs",
        discussion:
            "NAME is a unit or a stage: of a unit the newest log is printed, of a stage those of what "
            + "failed in its last run. Without NAME: what failed in the last run.\n\n"
            + "Example: pipeline logs compile/circos/highCIN_vs_lowCIN/25",
        positionals: [
            PositionalSpec(
                "name", .optional, help: "a unit or a stage",
                completion: .dynamic(CompletionKind.unit))
        ],
        options: [
            .value("run", "N", help: "the logs of this run instead of the newest"),
            .flag("list", help: "list the logs instead of printing them"),
            .value(
                "environment", short: "e", "NAME", help: "for --site, --instances and --events",
                completion: .dynamic(CompletionKind.environment)),
            .flag(
                "site", help: "all that the environment's site printed, of its newest deployment"),
            .value("deployment", "N", help: "with --site: of this deployment instead"),
            .flag("instances", help: "the logs of the environment's instances (Beanstalk)"),
            .flag("events", help: "what happened in the environment (Beanstalk)"),
            .flag("follow", short: "f", help: "keep printing what is added, until Ctrl-C"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        if let site = SiteLogReport(invocation) { return try site.run() }
        if let remote = RemoteLogs(invocation) { return try remote.run() }
        let run = try invocation.arguments.int("run", in: 1...Int.max).map(Int64.init)
        _ = try invocation.project()
        guard let ledger = try invocation.ledger() else {
            throw LedgerError.missing(path: Project.ledgerPath)
        }
        let lists = invocation.arguments.flag("list")
        let choice = try LogChoice(
            invocation.arguments.positional("name"), run: run, failuresOnly: !lists, ledger)
        let logs = choice.attempts.map(UnitLog.init)
        if invocation.isJSON {
            invocation.print(LogsText.document(logs, withText: !lists))
        } else if lists {
            LogsText.list(logs, style: invocation.style, width: invocation.width)
                .forEach(invocation.print)
        } else {
            let escapes = TerminalSize.isTerminal(1)
            for log in logs {
                if logs.count > 1 { invocation.print(LogsText.title(log, invocation.style)) }
                try show(log, escapes: escapes, invocation)
            }
        }
        if logs.isEmpty { invocation.tell(choice.emptiness) }
        if !invocation.isJSON {
            siteNotes(choice.attempts, run, ledger).forEach(invocation.tell)
        }
        return .done
    }

    /// A deployment's own log is that of the site: where it lies, for each environment that was deployed to.
    private static func siteNotes(
        _ attempts: [PastAttempt], _ run: Int64?, _ ledger: LedgerReader
    ) -> [String] {
        let stages: Set = ["deploy", "rollback", "up", "restart"]
        let shown = Set(
            attempts.compactMap { attempt -> String? in
                let parts = attempt.unit.split(separator: "/")
                return parts.count == 2 && stages.contains(String(parts[0]))
                    ? String(parts[1]) : nil
            })
        return shown.sorted().map {
            "all that the site of \(Format.escaped($0)) printed: pipeline logs --site --environment \(Format.escaped($0))"
        }
    }

    /// As it is for programs; for a terminal so that it can do nothing to it.
    private static func show(_ log: UnitLog, escapes: Bool, _ invocation: Invocation) throws {
        guard !escapes else {
            return try log.forEachLines { lines in
                guard !lines.isEmpty else { return }
                invocation.print(
                    LogsText.lines(lines, escapes: true).joined(separator: "\n"))
            }
        }
        var last: UInt8?
        try log.forEachPart { bytes in
            try Descriptors.write(bytes, to: 1, path: "standard output")
            last = bytes.last
        }
        if let last, last != UInt8(ascii: "\n") { invocation.print("") }
    }
}
