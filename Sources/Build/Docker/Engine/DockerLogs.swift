import Posix
import Processes

extension DockerEngine {
    /// Writes what a container printed on both streams, in the order in which the engine gives it, to a file.
    ///
    /// - Parameter lines: the most that are kept, the last ones.
    package func keepLogs(
        _ container: String, lines: Int = 1_000_000, in path: String
    ) throws(DockerError) {
        let command = logsCommand(container, lines: lines)
        do {
            try FileSystem.writeAtomically([], to: path, mode: 0o600)
            let child = try ChildProcess(
                command, standardOutput: .file(path, append: true),
                standardError: .file(path, append: true))
            let exit = child.wait(timeoutMs: 120_000)
            if exit?.isSuccess != true {
                child.terminate(grace: 1)
                let end = try FileSystem.readTail(path, limit: 4096)
                throw DockerError.commandFailed(
                    arguments: command.arguments,
                    lines: String(decoding: end, as: UTF8.self).split(separator: "\n")
                        .suffix(linesInErrors).map(String.init))
            }
        } catch let error as DockerError {
            throw error
        } catch {
            throw .commandFailed(arguments: command.arguments, lines: ["\(error)"])
        }
    }
}
