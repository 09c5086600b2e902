package import Posix
import Processes

/// Why a pack was not made or not read.
package enum PackError: Error, Equatable, CustomStringConvertible {
    case toolMissing(tool: String, package: String)
    case sourceMissing(String)
    /// Neither a folder nor an archive by its name.
    case unsupportedSource(String)
    case nameNotUTF8(String)
    /// A device, pipe or socket.
    case unsupportedKind(String)
    case archiveRefused(archive: String, member: String, ArchiveRefusal)
    case archiveDamaged(String, detail: String)
    case outputInsideSource(String)
    case outputIsNoPack(String)
    /// Somebody else is writing this pack.
    case busy(String)
    case toolFailed(tool: String, detail: String)
    case notAPack(String)
    /// What unsquashfs printed cannot be understood.
    case unreadableListing(String)
    case differs([PackDifference])
    case interrupted
    case system(PosixError)

    package var description: String {
        switch self {
        case .toolMissing(let tool, let package):
            "\"\(tool)\" was not found: install it (apt-get install \(package))"
        case .sourceMissing(let path): "\"\(path)\" does not exist: check the path"
        case .unsupportedSource(let path):
            "\"\(path)\" is no folder and no archive (.tar, .tar.gz, .tgz, .tar.xz, .zip): unpack it first"
        case .nameNotUTF8(let path):
            "the name \"\(path)\" is not UTF-8: rename the file; a mounted pack could not show it"
        case .unsupportedKind(let path):
            "\"\(path)\" is a device, a pipe or a socket: remove it; a pack holds files, folders and links"
        case .archiveRefused(let archive, let member, let reason):
            "\"\(archive)\" is refused: its member \"\(member)\" \(reason)"
        case .archiveDamaged(let archive, let detail):
            "\"\(archive)\" cannot be unpacked (\(detail)): fetch or make it again"
        case .outputInsideSource(let path):
            "\"\(path)\" lies in the folder that is packed: choose another place with --output"
        case .outputIsNoPack(let path):
            "\"\(path)\" exists and is no pack: choose another name with --output, or remove it"
        case .busy(let path): "\"\(path)\" is being made by another process: wait for it"
        case .toolFailed(let tool, let detail): "\"\(tool)\" failed: \(detail)"
        case .notAPack(let path): "\"\(path)\" is no squashfs: give a pack"
        case .unreadableListing(let path):
            "the names in \"\(path)\" cannot be listed without doubt: mount it to look into it"
        case .differs(let differences):
            "the pack is not what it was made from, and was not kept: "
                + (differences.first?.description ?? "")
                + (differences.count > 1 ? " (and \(differences.count - 1) more)" : "")
                + "; if the source was being changed, try again"
        case .interrupted: "interrupted"
        case .system(let error): error.description
        }
    }

    init(_ error: ProcessError, tool: String, package: String) {
        self =
            switch error {
            case .executableNotFound: .toolMissing(tool: tool, package: package)
            case .interrupted: .interrupted
            case .system(let error): .system(error)
            default: .toolFailed(tool: tool, detail: error.description)
            }
    }

    static func from<Value>(_ body: () throws(PosixError) -> Value) throws(PackError) -> Value {
        do { return try body() } catch { throw .system(error) }
    }
}

/// Why a member of an archive is not unpacked. The raw values are those that `unpack.py` prints.
package enum ArchiveRefusal: String, Hashable, Sendable, CustomStringConvertible {
    case absolute, dots, outside, parent, kind, name, encrypted

    package var description: String {
        switch self {
        case .absolute: "has an absolute path"
        case .dots: "has \"..\" in its path"
        case .outside: "is a link that leads out of the archive"
        case .parent: "lies below a member that is no folder"
        case .kind: "is a device, a pipe or a socket"
        case .name: "has a name that is not known to be UTF-8"
        case .encrypted: "is encrypted"
        }
    }
}
