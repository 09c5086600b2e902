package import Digests
package import Posix
package import SFTP

/// Why a route could not do something.
package enum RouteError: Error, Equatable, CustomStringConvertible {
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

    package var description: String {
        switch self {
        case .system(let error) where error.isOutOfSpace:
            "no space is left: \(error); free some and run the same command again"
        case .system(let error): error.description
        case .blocked(let path, let by):
            "\"\(path)\" cannot be reached: \"\(by)\" is a link or a file where a folder should be; "
                + "remove it from the slot"
        case .differs(let path, let source, let expected, let found):
            "\"\(source)\" for \"\(path)\" is not what was planned "
                + "(\(found?.short ?? "another size"), not "
                + "\(expected.short)): it was changed meanwhile; run the same command again"
        case .badName(let name):
            "the slot holds \"\(name)\", which is not valid UTF-8 or kept for this tool: remove it"
        case .interrupted: "interrupted"
        case .remote(let error): error.description
        case .failed(let reason): reason
        }
    }
}
