package import Digests
package import Failures
package import Posix

/// Why a route could not do something.
package enum TransportError: Explained, Equatable {
    /// The file system of the slot, or of the source, refused.
    case system(PosixError)
    /// A folder on the way is a link or a file: writing there could leave the slot.
    case blocked(path: RelativePath, by: String)
    /// What was sent is not what the manifest says: the source was changed meanwhile.
    case differs(path: RelativePath, source: String, expected: Digest, found: Digest?)
    /// The slot holds a name that no manifest can.
    case badName(String)
    case interrupted
    /// The slot, or the lock of its place, is another filling's by now; whose, where that is known.
    case overtaken(by: String?)
    /// Somebody else has taken over the slot or the place since it was looked at: this change was refused there.
    case fenced(String)
    /// The other end refused since this user has no permission there.
    case forbidden(Failure)
    /// The other end refused for another reason, or could not be reached: the reason of the transport's own protocol.
    case remote(Failure)
    /// Another route's own reason.
    case failed(String)

    /// Whether this user may not do it where the data is.
    package var isForbidden: Bool {
        switch self {
        case .system(let error): error.isPermissionDenied
        case .forbidden: true
        default: false
        }
    }

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
        case .overtaken(let other): Self.overtaken(other, done: nil)
        case .fenced(let reason):
            Failure(
                "slot-fenced", "the change was refused where the data is: \(reason)",
                next: "look with `pipeline status` what is live", run: .again)
        case .remote(let failure), .forbidden(let failure): failure
        case .failed(let reason): Failure("route-failed", reason, run: .again)
        }
    }

    /// - Parameter done: what the filling had done before, such as `12 files had been sent`.
    static func overtaken(_ other: String?, done: String?) -> Failure {
        Failure(
            "slot-overtaken",
            "another filling has taken over" + (other.map { " (\($0))" } ?? ""),
            cause: "this one was suspended or cut off for longer than its lock lives"
                + (done.map { "; before that \($0)" } ?? "")
                + ". Since then it wrote nothing, and no marker",
            next: "see who is at work there", run: .again)
    }
}
