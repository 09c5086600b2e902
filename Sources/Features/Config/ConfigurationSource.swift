import Posix
package import Processes
import Texts

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
        // git(1) would take it for an option.
        guard !url.hasPrefix("-"), branch?.hasPrefix("-") != true else { throw .badName(url) }
        // The first transport that git takes it for; a helper (`ext::`) runs a program of its choice.
        guard !url.contains("::") || url.hasPrefix("[") else { throw .badTransport(url) }
        if let scheme = url.firstRange(of: "://").map({ url[..<$0.lowerBound].lowercased() }) {
            guard Self.transports.contains(scheme) else { throw .badTransport(url) }
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

    private static let transports: Set = ["https", "ssh", "git+ssh", "ssh+git", "file"]

    /// Whether the repository is a folder of this machine, as its address says: a scheme, a path, or, with
    /// git, whatever has no colon before its first slash.
    private static func isLocal(_ url: String) -> Bool {
        if let scheme = url.firstRange(of: "://") { return url[..<scheme.lowerBound] == "file" }
        return !url.prefix { $0 != "/" }.contains(":")
    }

    /// What git may use, for the repository and for all that it leads to (redirects, submodules); git(1),
    /// GIT_ALLOW_PROTOCOL.
    ///
    /// - Parameter url: the address as git has it, which may be another by the user's `url.….insteadOf`.
    static func allowedTransports(_ url: String) -> String { isLocal(url) ? "file" : "https:ssh" }

    /// Clones into a folder that is not there yet, as it is now and without its history; returns the commit.
    ///
    /// - Parameter environment: variables for git besides those of this process.
    package func clone(
        into folder: String, cancel: Cancellation?, environment own: [String: String?] = [:]
    ) throws -> String {
        var words = ["git", "clone", "--quiet", "--depth", "1", "--no-tags"]
        if let branch { words += ["--branch", branch] }
        // Nobody is there to be asked for a password.
        let address = try ProcessRunner.run(
            ProcessCommand(["git", "ls-remote", "--get-url", "--", url], environment: own),
            timeout: 30, cancel: cancel)
        let effective = String(address.standardOutputText.prefix { !$0.isNewline })
        let fixed: [String: String?] = [
            "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS_REQUIRE": "never",
            "GCM_INTERACTIVE": "never",
            "GIT_ALLOW_PROTOCOL": Self.allowedTransports(effective.isEmpty ? url : effective),
        ]
        var environment = own.merging(fixed) { $1 }
        if let ssh = try sshCommand(own, cancel) { environment["GIT_SSH_COMMAND"] = ssh }
        let output = try ProcessRunner.run(
            ProcessCommand(words + ["--", url, folder], environment: environment), timeout: 600,
            grace: 1, cancel: cancel)
        guard output.exit.isSuccess else {
            throw ConfigurationError.notCloned(
                publicURL,
                output.standardErrorText.replacing(url, with: publicURL)
                    .split(whereSeparator: \.isNewline).joined(separator: "; "))
        }
        let commit = try ProcessRunner.run(
            ProcessCommand(["git", "-C", folder, "rev-parse", "HEAD"]), timeout: 30,
            cancel: cancel)
        guard commit.exit.isSuccess else {
            throw ConfigurationError.notCloned(publicURL, commit.standardErrorText)
        }
        return String(commit.standardOutputText.prefix { !$0.isNewline })
    }

    /// How ssh is called so that it asks nothing: the user's own command, from `GIT_SSH_COMMAND` or
    /// `core.sshCommand`, with `BatchMode` where it is ssh; nil leaves `GIT_SSH` and other variants as they are.
    private func sshCommand(
        _ environment: [String: String?], _ cancel: Cancellation?
    ) throws -> String? {
        func quiet(_ command: String) -> String {
            // Options of ssh that come first win. What is not ssh itself is the user's to keep quiet.
            let words = command.split(whereSeparator: \.isWhitespace)
            guard let program = words.first?.split(separator: "/").last, program == "ssh" else {
                return command
            }
            let start = command.firstRange(of: words[0])?.upperBound ?? command.endIndex
            return command[..<start] + " -o BatchMode=yes" + command[start...]
        }
        let own = environment["GIT_SSH_COMMAND"] ?? Environment.value("GIT_SSH_COMMAND")
        if let own, !own.isEmpty { return quiet(own) }
        let output = try ProcessRunner.run(
            ProcessCommand(
                ["git", "config", "--get", "core.sshCommand"], environment: environment),
            timeout: 30,
            cancel: cancel)
        let configured = String(output.standardOutputText.prefix { !$0.isNewline })
        if output.exit.isSuccess, !configured.isEmpty { return quiet(configured) }
        return Environment.value("GIT_SSH")?.isEmpty == false ? nil : quiet("ssh")
    }
}
