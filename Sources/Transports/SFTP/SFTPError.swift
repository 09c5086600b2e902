package import Digests
package import Failures
package import Posix

/// Why something on a server could not be done.
package enum SFTPError: Explained, Equatable {
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
    /// Others than the user who logs in could not read it, and the server does not change that.
    case modeKept(path: String, mode: UInt32)
    case local(PosixError)
    case interrupted

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noConnection(let host, let diagnosis, let command):
            Failure(
                "sftp-no-connection", "no connection to \"\(host)\"",
                cause: diagnosis.isEmpty ? "ssh ended without a word" : diagnosis,
                at: [.host(host)],
                next: command.isEmpty ? nil : "try `\(command)` by hand", run: .again)
        case .refused(let operation, let path, let code, let message):
            Failure(
                "sftp-refused", "the server refused to \(operation) \"\(path)\"",
                cause: Self.text(code, message), next: "fix that on the server", run: .again)
        case .noRoom(let path):
            Failure(
                "sftp-no-room",
                "the server has no room left to write \"\(path)\"; what was sent stays",
                next: "free some, or raise the user's quota", run: .again)
        case .protocolViolation(let reason):
            Failure(
                "sftp-protocol", "the server does not speak SFTP as it should", cause: reason,
                next: "check that \"host\" names an SFTP server, and its version")
        case .sourceDiffers(let path, _, let expected, let found):
            Failure(
                "source-changed",
                "\"\(path)\" is not what was planned (\(found?.short ?? "another size"), not \(expected.short))",
                cause: "it was changed meanwhile", run: .again)
        case .sizeDiffers(let path, let expected, let found):
            Failure(
                "sftp-size",
                "\"\(path)\" has \(found.map { "\($0)" } ?? "an unknown number of") bytes on the server, not "
                    + "\(expected)", run: .again)
        case .modeKept(let path, let mode):
            Failure(
                "sftp-mode",
                "\"\(path)\" has mode \(String(mode, radix: 8)) on the server, which does not change it",
                cause: "a site that runs as another user could not read it",
                next: "set the server's umask to 022, or the mode there by hand", run: .again)
        case .local(let error): error.failure
        case .interrupted: .interrupted
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
