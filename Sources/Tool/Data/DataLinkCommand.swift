import Arguments
import Failures
import JSON
import Links
import Posix
import Processes
import Terminal

/// `pipeline data link`: a remote tree, mirrored by links into the file system.
enum DataLinkCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "link", summary: "mirror a mounted tree by symbolic links to its files",
        discussion:
            "For each file below SOURCE there is to be a link at the same path below TARGET. Files are "
            + "linked, never folders; folders are made with the mode and owner of those in SOURCE. What is "
            + "right already stays, so the command can be repeated at any time. Links into SOURCE whose "
            + "file is gone are removed.\n\nOnly root can set owners, so without root this is a dry run "
            + "unless --apply is given.\n\n"
            + "Example: pipeline data link /mnt/efs/overlay / --dry-run",
        positionals: [
            PositionalSpec("source", help: "the mounted tree", completion: .folder),
            PositionalSpec(
                "target", help: "the folder that the links go to, such as /", completion: .folder),
        ],
        options: [
            .flag("replace", help: "put links in the place of real files and of links elsewhere"),
            .flag("dry-run", short: "n", help: "only show what would be done"),
            .flag("apply", help: "act without root too; new folders then belong to you"),
            .value(
                "max-delete", "N",
                help: "remove up to N links; without it 20, or a fifth of those into SOURCE"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let arguments = invocation.arguments
        let limit = try arguments.int("max-delete", in: 0...Int.max)
        guard !arguments.flag("dry-run") || !arguments.flag("apply") else {
            throw UsageError(
                "options-clash", "--dry-run and --apply do not go together",
                next: "take one of the two", run: "pipeline data link --help")
        }
        let interrupts = try Interrupts()
        let linker = try Linker.look(
            source: arguments.positional("source") ?? "",
            target: arguments.positional("target") ?? "")
        let plan = LinkPlan(
            source: linker.source, target: linker.target, replace: arguments.flag("replace"))
        if let storm = plan.storm(linker.target, limit: limit) { throw storm }
        let acts = !arguments.flag("dry-run") && (Linker.canSetOwners || arguments.flag("apply"))
        let result =
            acts
            ? try linker.apply(plan, isCancelled: { interrupts.cancellation.isCancelled }) : nil
        let report = LinkReport(
            source: linker.source.root, target: linker.target, plan: plan, result: result)
        if invocation.isJSON {
            invocation.print(report.json.text)
        } else {
            report.lines.forEach(invocation.print)
            report.notes(isDryRunForWantOfRights: !acts && !arguments.flag("dry-run"))
                .forEach(invocation.tell)
        }
        if result?.wasInterrupted == true { return interrupts.exitCode ?? .interrupted }
        return report.isWhole ? .done : .failed
    }
}
