import Posix
package import Processes

/// The Docker engine that the client of this machine talks to.
///
/// Only the program `docker` is used, so contexts, sign-ins and remote engines are those of the user.
package struct DockerEngine: Sendable {
    /// Where the client keeps its sign-ins, for `DOCKER_CONFIG`; nil for the user's own.
    package var configDirectory: String?
    /// The engine to talk to, for `DOCKER_HOST`; nil for the user's own.
    package var host: String?
    /// Where certificates for an engine at `DOCKER_HOST` lie, for `DOCKER_CERT_PATH`; nil for the user's own.
    var certificates: String?
    /// How many of the last lines an error tells.
    package var linesInErrors = 15

    package init(configDirectory: String? = nil, host: String? = nil) {
        self.configDirectory = configDirectory
        self.host = host
    }

    /// Called with each line that a long command prints.
    package typealias LineHandler = (String) -> Void

    /// The version of the engine; `DockerError.engineNotRunning` where none answers.
    package func version(cancel: Cancellation? = nil) throws(DockerError) -> String {
        let output = try start(DockerCommand.engineVersion(), timeout: 30, cancel: cancel)
        guard output.exit.isSuccess else {
            throw .engineNotRunning(detail: lines(of: output).last ?? "\(output.exit)")
        }
        struct Server: Decodable {
            let version: String
            enum CodingKeys: String, CodingKey { case version = "Version" }
        }
        return try decode(Server.self, from: output, DockerCommand.engineVersion()).version
    }

    /// Runs a command to its end and returns its output; an exit other than 0 is an error.
    func run(
        _ arguments: [String], timeout: Double? = 120, cancel: Cancellation?,
        onLine: LineHandler? = nil, input: [UInt8]? = nil,
        failure: (([String]) -> DockerError)? = nil
    ) throws(DockerError) -> ProcessOutput {
        let output = try start(
            arguments, timeout: timeout, cancel: cancel, input: input, onLine: onLine)
        if output.exit.isSuccess { return output }
        let last = lines(of: output)
        // Texts of errors change: whether there is an engine at all is found out by asking it.
        _ = try version(cancel: cancel)
        throw failure?(last) ?? .commandFailed(arguments: arguments, lines: last)
    }

    /// As `run`, but nil where the command ends badly although the engine answers.
    func find(_ arguments: [String], cancel: Cancellation?) throws(DockerError) -> ProcessOutput? {
        let output = try start(arguments, timeout: 120, cancel: cancel)
        if output.exit.isSuccess { return output }
        _ = try version(cancel: cancel)
        return nil
    }

    /// The command that writes an image as an archive, with this engine's settings; for who reads it as it
    /// comes.
    package func saving(_ image: String) -> ProcessCommand {
        ProcessCommand(DockerCommand.save(image), environment: environment)
    }

    /// The command that prints what a container wrote, with this engine's settings.
    func logsCommand(_ container: String, lines: Int) -> ProcessCommand {
        ProcessCommand(
            DockerCommand.logs(container, lines: lines), environment: environment)
    }

    private var environment: [String: String?] {
        var environment: [String: String?] = [:]
        if let configDirectory { environment["DOCKER_CONFIG"] = configDirectory }
        if let host { environment["DOCKER_HOST"] = host }
        if let certificates { environment["DOCKER_CERT_PATH"] = certificates }
        return environment
    }

    private func start(
        _ arguments: [String], timeout: Double?, cancel: Cancellation?, input: [UInt8]? = nil,
        onLine: LineHandler? = nil
    ) throws(DockerError) -> ProcessOutput {
        do {
            return try ProcessRunner.run(
                ProcessCommand(arguments, environment: environment), input: input,
                timeout: timeout, grace: 1, cancel: cancel,
                onLine: onLine.map { handler in { _, line in handler(line) } })
        } catch {
            switch error {
            case .executableNotFound: throw .clientMissing
            case .interrupted: throw .interrupted
            case .timedOut(let seconds): throw .timedOut(arguments: arguments, seconds: seconds)
            default: throw .commandFailed(arguments: arguments, lines: [error.description])
            }
        }
    }

    /// The last lines of what a command wrote, first its output, then its errors.
    func lines(of output: ProcessOutput) -> [String] {
        let text = output.standardOutputText + "\n" + output.standardErrorText
        let lines = text.split { $0.isNewline }.map(String.init)
        return lines.filter { $0.contains { !$0.isWhitespace } }.suffix(linesInErrors)
    }
}
