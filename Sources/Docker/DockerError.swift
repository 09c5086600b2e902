/// Why something that Docker was asked for did not happen.
package enum DockerError: Error, Equatable, CustomStringConvertible {
    case clientMissing
    /// No engine answers; the detail is what the client said.
    case engineNotRunning(detail: String)
    /// The last lines of the build.
    case buildFailed(context: String, lines: [String])
    case pushFailed(reference: String, lines: [String])
    /// The push ended well without naming the digest of what it sent.
    case noDigest(reference: String)
    case noSuchImage(String)
    case commandFailed(arguments: [String], lines: [String])
    case unreadableAnswer(arguments: [String], reason: String)
    case timedOut(arguments: [String], seconds: Double)
    case interrupted

    package var description: String {
        switch self {
        case .clientMissing:
            "\"docker\" was not found: install Docker's client, or use the environment \"preview\""
        case .engineNotRunning(let detail):
            "no Docker engine answers (\(detail)): start it (systemctl start docker), check DOCKER_HOST, "
                + "or use the environment \"preview\", which needs none"
        case .buildFailed(let context, let lines):
            "the image of \"\(context)\" could not be built; the last lines were:\n"
                + Self.indented(lines)
        case .pushFailed(let reference, let lines):
            "\"\(reference)\" could not be pushed: check that its registry runs and that you are signed in "
                + "to it; the last lines were:\n" + Self.indented(lines)
        case .noDigest(let reference):
            "the push of \"\(reference)\" did not say its digest: run it again; if that stays so, "
                + "check the version of Docker's client"
        case .noSuchImage(let reference):
            "there is no image \"\(reference)\" on this machine"
        case .commandFailed(let arguments, let lines):
            "\"\(Self.short(arguments))\" failed:\n" + Self.indented(lines)
        case .unreadableAnswer(let arguments, let reason):
            "the answer of \"\(Self.short(arguments))\" could not be read: \(reason)"
        case .timedOut(let arguments, let seconds):
            "\"\(Self.short(arguments))\" did not end within \(seconds) s: check that the engine is well"
        case .interrupted:
            "interrupted"
        }
    }

    private static func indented(_ lines: [String]) -> String {
        lines.isEmpty ? "  (no output)" : lines.map { "  " + $0 }.joined(separator: "\n")
    }

    // The command without its options, whose values may be secret.
    private static func short(_ arguments: [String]) -> String {
        arguments.prefix(while: { !$0.hasPrefix("-") }).joined(separator: " ")
    }
}
