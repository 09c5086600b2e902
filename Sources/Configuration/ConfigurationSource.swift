import Posix
package import Processes

/// Where configuration is kept apart from the code: a git repository with a folder for each namespace, and in
/// it one for each stage and `base` for all of them.
package struct ConfigurationSource: Hashable, Sendable {
    package let url: String
    /// nil for the repository's own.
    package let branch: String?
    package let namespace: String
    package let stage: String

    /// - Throws: `ConfigurationError.badName`.
    package init(
        url: String, branch: String?, namespace: String, stage: String
    ) throws(ConfigurationError) {
        for name in [namespace, stage] {
            guard !name.isEmpty, !name.hasPrefix("."), !name.hasPrefix("-"),
                name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
            else { throw .badName(name) }
        }
        // git(1) would take it for an option, or run a program of its choice.
        guard !url.hasPrefix("-"), !url.hasPrefix("ext::"), branch?.hasPrefix("-") != true else {
            throw .badName(url)
        }
        self.url = url
        self.branch = branch
        self.namespace = namespace
        self.stage = stage
    }

    /// What is laid over each other, the later over the earlier.
    package var layers: [String] { ["\(namespace)/base", "\(namespace)/\(stage)"] }

    /// The address without a name and password that may stand in it.
    package var publicURL: String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }

    /// Clones into a folder that is not there yet, as it is now and without its history; returns the commit.
    package func clone(into folder: String, cancel: Cancellation?) throws -> String {
        var words = ["git", "clone", "--quiet", "--depth", "1", "--no-tags"]
        if let branch { words += ["--branch", branch] }
        // Nobody is there to be asked for a password.
        let environment: [String: String?] = [
            "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        ]
        let output = try ProcessRunner.run(
            ProcessCommand(words + ["--", url, folder], environment: environment), timeout: 600,
            cancel: cancel)
        guard output.exit.isSuccess else {
            throw ConfigurationError.notCloned(
                publicURL,
                output.standardErrorText.replacing(url, with: publicURL)
                    .split(whereSeparator: \.isNewline).joined(separator: "; "))
        }
        let commit = try ProcessRunner.run(
            ProcessCommand(["git", "-C", folder, "rev-parse", "HEAD"]), timeout: 30)
        return String(commit.standardOutputText.prefix { !$0.isNewline })
    }
}
