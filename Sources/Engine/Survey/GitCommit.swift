import Processes

/// The commit that the working tree stands at, for the record.
package enum GitCommit {
    /// The commit's full name, with `-dirty` where tracked files differ; nil outside a repository.
    package static func current() -> String? {
        let command = ProcessCommand([
            "git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*",
        ])
        guard
            let output = try? ProcessRunner.run(command, timeout: 10),  // try?: not recorded
            output.exit.isSuccess
        else { return nil }
        return output.standardOutputText.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
