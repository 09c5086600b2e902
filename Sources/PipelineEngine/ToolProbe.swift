import Failures
import PipelineLedger
import Posix
import Processes

/// Asks tools for their versions, and remembers the answers for as long as the programs are the same:
/// planning then starts no process.
struct ToolProbe {
    let ledger: LedgerReader?
    let environment: [String: String]
    /// Answers that the ledger does not hold yet: output and state of the program, by command.
    private(set) var learned: [String: (statKey: String, output: String)] = [:]

    init(ledger: LedgerReader?, environment: [String: String]) {
        self.ledger = ledger
        self.environment = environment
    }

    /// What the command prints, both streams, without trailing white space.
    mutating func version(_ command: [String]) throws -> String {
        let line = command.joined(separator: " ")
        let key = statKey(of: command.first ?? "")
        if let key, let known = try ledger?.toolVersion(line, statKey: key) { return known }
        let output = try ProcessRunner.run(
            ProcessCommand(command, environment: environment), outputLimit: 1 << 16, timeout: 60)
        guard output.exit.isSuccess else {
            throw ToolFailure(command: line, exit: output.exit, text: output.standardErrorText)
        }
        let text = (output.standardOutputText + output.standardErrorText)
            .split(whereSeparator: \.isNewline).joined(separator: "\n")
        if let key { learned[line] = (key, text) }
        return text
    }

    private func statKey(of program: String) -> String? {
        let folders = program.contains("/") ? [""] : Self.searchPath()
        for folder in folders {
            let path = folder.isEmpty ? program : "\(folder)/\(program)"
            if let status = try? FileSystem.status(path), status.kind == .file {
                return
                    "\(path) \(status.inode) \(status.size) \(status.modifiedNs) \(status.changedNs)"
            }
        }
        return nil
    }

    private static func searchPath() -> [String] {
        (Environment.value("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
            .split(separator: ":").map(String.init)
    }
}

struct ToolFailure: Explained {
    let command: String
    let exit: ProcessExit
    let text: String

    var description: String { failure.text }

    var failure: Failure {
        Failure(
            "tool-version", "the tool \"\(command)\" did not tell its version (\(exit))",
            cause: String(text.prefix(300)), next: "install it, or take it out of \"tools\"")
    }
}
