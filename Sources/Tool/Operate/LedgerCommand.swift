import Arguments
import Failures
import PipelineEngine
import PipelineLedger
import Posix

/// `pipeline ledger`: the record of all runs, as a file.
enum LedgerCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "ledger", summary: "copy the record of all runs and releases",
        discussion:
            "`pipeline ledger copy FILE` makes one file with all that is recorded; runs may go on meanwhile. A "
            + "plain copy of `.pipeline/ledger.sqlite` may lack what its log (`ledger.sqlite-wal`) holds.",
        positionals: [
            PositionalSpec("action", .required, help: "copy"),
            PositionalSpec("file", .required, help: "the new file; it must not be there yet"),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        guard invocation.arguments.positional("action") == "copy",
            let target = invocation.arguments.positional("file")
        else {
            throw UsageError(
                "no-such-action", "what can be done with the ledger is \"copy\"",
                next: "name a new file", run: "pipeline ledger copy ledger-copy.sqlite")
        }
        let caller = try FileSystem.currentDirectory()
        _ = try invocation.project()
        let path = target.hasPrefix("/") ? target : "\(caller)/\(target)"
        guard try FileSystem.linkStatus(path) == nil else {
            throw UsageError(
                "file-exists", "\"\(target)\" is there already; nothing was copied",
                next: "name another one")
        }
        guard let ledger = try invocation.ledger(follows: true) else {
            throw LedgerError.missing(path: Project.ledgerPath)
        }
        // Under another name first: a file of this name is whole. Readable by its owner alone, as the ledger is.
        let aside = "\(path).new-\(Host.processID)"
        try FileSystem.writeAtomically([], to: aside, mode: 0o600)
        do {
            try ledger.copy(to: aside)
            try FileSystem.synchronize(aside)
            try FileSystem.rename(aside, to: path)
        } catch {
            // Ours: a name with this process's number, which was made here.
            try FileSystem.remove(aside)
            throw error
        }
        invocation.print(path)
        return .done
    }
}
