package import Digests
package import Posix

/// Why something on a server could not be done.
package enum SFTPError: Error, Equatable, CustomStringConvertible {
    /// There is no connection, or it ended again and again. `diagnosis` is what ssh itself said last.
    /// `command` is what a person can try.
    case noConnection(host: String, diagnosis: String, command: String = "")
    /// The server refused a request.
    case refused(operation: String, path: String, StatusCode, message: String)
    /// The file system of the server is full, or the quota of its user.
    case noRoom(path: String)
    /// The server breaks the protocol.
    case protocolViolation(String)
    /// What was sent is not what it was to be: the file was changed meanwhile. `found` is nil where it has
    /// another size, or ended too early.
    case sourceDiffers(path: String, target: RemotePath, expected: Digest, found: Digest?)
    /// After all was sent, the file on the server has another size.
    case sizeDiffers(path: String, expected: Int64, found: Int64?)
    case local(PosixError)
    case interrupted

    package var description: String {
        switch self {
        case .noConnection(let host, let diagnosis, let command):
            "no connection to \"\(host)\": \(diagnosis.isEmpty ? "ssh ended without a word" : diagnosis); "
                + (command.isEmpty ? "" : "try `\(command)` by hand, then ")
                + "run the same command again"
        case .refused(let operation, let path, let code, let message):
            "the server refused to \(operation) \"\(path)\": \(Self.text(code, message))"
        case .noRoom(let path):
            "the server has no room left to write \"\(path)\": free some, or raise the user's quota, and "
                + "run the same command again; what was sent stays"
        case .protocolViolation(let reason):
            "the server does not speak SFTP as it should: \(reason)"
        case .sourceDiffers(let path, _, let expected, let found):
            "\"\(path)\" is not what was planned (\(found?.short ?? "another size"), not \(expected.short)): it was changed "
                + "meanwhile; run the same command again"
        case .sizeDiffers(let path, let expected, let found):
            "\"\(path)\" has \(found.map { "\($0)" } ?? "an unknown number of") bytes on the server, not "
                + "\(expected): run the same command again"
        case .local(let error): error.description
        case .interrupted: "interrupted"
        }
    }

    private static func text(_ code: StatusCode, _ message: String) -> String {
        switch code {
        case .noSuchFile: "there is no such file or folder"
        case .permissionDenied:
            "permission denied; check the owner of the folder and the user in the environment's settings"
        case .unsupported: "it cannot do that"
        case .failure:
            "\(message.isEmpty ? "Failure" : message); the protocol says no more: the disk may be full, "
                + "or something else may have the name"
        default: message.isEmpty ? "status \(code.rawValue)" : message
        }
    }
}
