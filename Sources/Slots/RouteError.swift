package import Digests
package import Failures
package import Posix
package import SFTP

/// Why a route could not do something.
package enum RouteError: Explained, Equatable {
    /// The file system of the slot, or of the source, refused.
    case system(PosixError)
    /// A folder on the way is a link or a file: writing there could leave the slot.
    case blocked(path: RelativePath, by: String)
    /// What was sent is not what the manifest says: the source was changed meanwhile.
    case differs(path: RelativePath, source: String, expected: Digest, found: Digest?)
    /// The slot holds a name that no manifest can.
    case badName(String)
    case interrupted
    /// The server refused, or could not be reached.
    case remote(SFTPError)
    /// Another route's own reason.
    case failed(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .system(let error): error.failure
        case .blocked(let path, let by):
            Failure(
                "slot-blocked",
                "\"\(path)\" cannot be reached: \"\(by)\" is a link or a file where a folder should be",
                next: "remove it from the slot", run: .again)
        case .differs(let path, let source, let expected, let found):
            Failure(
                "source-changed",
                "\"\(source)\" for \"\(path)\" is not what was planned "
                    + "(\(found?.short ?? "another size"), not \(expected.short))",
                cause: "it was changed meanwhile", run: .again)
        case .badName(let name):
            Failure(
                "slot-bad-name",
                "the slot holds \"\(name)\", which is not valid UTF-8 or kept for this tool",
                next: "remove it", run: .again)
        case .interrupted: .interrupted
        case .remote(let error): error.failure
        case .failed(let reason): Failure("route-failed", reason, run: .again)
        }
    }
}
