package import Failures

/// Why something that Docker was asked for did not happen.
package enum DockerError: Explained, Equatable {
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

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .clientMissing:
            Failure(
                "docker-missing", "\"docker\" was not found",
                next: "install Docker's client, or use the environment \"preview\"")
        case .engineNotRunning(let detail):
            Failure(
                "docker-not-running", "no Docker engine answers (\(detail))",
                next:
                    "start it, check DOCKER_HOST, or use the environment \"preview\", which needs none",
                run: "systemctl start docker")
        case .buildFailed(let context, let lines):
            Failure(
                "image-build-failed",
                "the image of \"\(context)\" could not be built; the last lines were:",
                said: Self.said(lines), next: "fix the cause", run: .again)
        case .pushFailed(let reference, let lines):
            Failure(
                "image-push-failed", "\"\(reference)\" could not be pushed; the last lines were:",
                said: Self.said(lines),
                next: "check that its registry runs and that you are signed in to it", run: .again)
        case .noDigest(let reference):
            Failure(
                "image-push-no-digest", "the push of \"\(reference)\" did not say its digest",
                next: "if that stays so, check the version of Docker's client", run: .again)
        case .noSuchImage(let reference):
            Failure(
                "image-missing", "there is no image \"\(reference)\" on this machine",
                next: "build it", run: "pipeline run image")
        case .commandFailed(let arguments, let lines):
            Failure(
                "docker-failed", "\"\(Self.short(arguments))\" failed:", said: Self.said(lines),
                next: "fix the cause", run: .again)
        case .unreadableAnswer(let arguments, let reason):
            Failure(
                "docker-unreadable",
                "the answer of \"\(Self.short(arguments))\" could not be read", cause: reason,
                next: "check the version of Docker's client", run: "docker version")
        case .timedOut(let arguments, let seconds):
            Failure(
                "docker-timed-out",
                "\"\(Self.short(arguments))\" did not end within \(Int(seconds)) s",
                next: "check that the engine responds", run: "docker info")
        case .interrupted: .interrupted
        }
    }

    private static func said(_ lines: [String]) -> [String] {
        lines.isEmpty ? ["(no output)"] : lines
    }

    // The command without its options, whose values may be secret.
    private static func short(_ arguments: [String]) -> String {
        arguments.prefix(while: { !$0.hasPrefix("-") }).joined(separator: " ")
    }
}
