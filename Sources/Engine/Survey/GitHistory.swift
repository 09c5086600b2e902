import Processes

/// Commits of the project's repository, as far as git is installed and knows them.
package enum GitHistory {
    package struct Commit: Sendable, Hashable {
        /// The full name.
        package let name: String
        package let author: String
        /// Milliseconds since 1970.
        package let timeMs: Int64
        package let subject: String
    }

    /// The commits that are in `to` and not in `from`, newest first: the first of them, and how many more there
    /// are. None where one is unknown, or they are the same.
    ///
    /// - Parameters:
    ///   - from, to: as `GitCommit.current` names them; that a working tree was dirty makes no commit.
    package static func commits(
        from: String?, to: String?, limit: Int = 25
    ) -> (shown: [Commit], leftOut: Int) {
        guard let from = name(from), let to = name(to), from != to else { return ([], 0) }
        let command = ProcessCommand([
            "git", "log", "-z", "--format=%H%x1f%an%x1f%ct%x1f%s", "--no-show-signature",
            "\(from)..\(to)", "--",
        ])
        guard
            let output = try? ProcessRunner.run(command, timeout: 10),  // try?: no history
            output.exit.isSuccess
        else { return ([], 0) }
        let commits = output.standardOutputText.split(separator: "\0").compactMap(commit)
        return (Array(commits.prefix(limit)), max(0, commits.count - limit))
    }

    /// How one commit lies to another in the history.
    package enum Order: Sendable {
        case before, after, same
        /// One is not known here, or neither is in the history of the other.
        case unknown
    }

    /// - Parameters: as `GitCommit.current` names them.
    package static func order(_ first: String?, _ second: String?) -> Order {
        guard let first = name(first), let second = name(second) else { return .unknown }
        if first == second { return .same }
        if isAncestor(first, of: second) { return .before }
        return isAncestor(second, of: first) ? .after : .unknown
    }

    /// False also where git does not know.
    private static func isAncestor(_ first: String, of second: String) -> Bool {
        let command = ProcessCommand(["git", "merge-base", "--is-ancestor", first, second])
        let output = try? ProcessRunner.run(command, timeout: 10)  // try?: see above
        return output?.exit.isSuccess ?? false
    }

    private static func commit(_ record: Substring) -> Commit? {
        let fields = record.split(separator: "\u{1F}", omittingEmptySubsequences: false)
        guard fields.count >= 4, let time = Int64(fields[2]) else { return nil }
        return Commit(
            name: String(fields[0]), author: String(fields[1]), timeMs: time * 1000,
            subject: fields[3...].joined(separator: " "))
    }

    /// A commit's full name and nothing else: it becomes an argument.
    private static func name(_ recorded: String?) -> String? {
        guard let name = recorded?.prefix(while: { $0 != "-" }), (7...64).contains(name.count),
            name.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else { return nil }
        return String(name)
    }
}
