package import Failures
package import Posix
import Processes

/// Why a pack was not made or not read.
package enum PackError: Explained, Equatable {
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

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .toolMissing(let tool, let package):
            Failure(
                "pack-tool-missing", "\"\(tool)\" was not found", next: "install it",
                run: .exact("apt-get install \(package)"))
        case .sourceMissing(let path):
            Failure("pack-source-missing", "\"\(path)\" does not exist", next: "check the path")
        case .unsupportedSource(let path):
            Failure(
                "pack-source-kind",
                "\"\(path)\" is no folder and no archive (.tar, .tar.gz, .tgz, .tar.xz, .zip)",
                next: "unpack it first")
        case .nameNotUTF8(let path):
            Failure(
                "pack-name-not-utf8", "the name \"\(path)\" is not UTF-8",
                cause: "a mounted pack could not show it", next: "rename the file")
        case .unsupportedKind(let path):
            Failure(
                "pack-file-kind", "\"\(path)\" is a device, a pipe or a socket",
                cause: "a pack holds files, folders and links", next: "remove it")
        case .archiveRefused(let archive, let member, let reason):
            Failure(
                "archive-refused", "\"\(archive)\" is refused: its member \"\(member)\" \(reason)",
                next: "have it made without that member")
        case .archiveDamaged(let archive, let detail):
            Failure(
                "archive-damaged", "\"\(archive)\" cannot be unpacked:",
                said: detail.split(whereSeparator: \.isNewline).map(String.init),
                next: "fetch or make it again")
        case .outputInsideSource(let path):
            Failure(
                "pack-inside-source", "\"\(path)\" lies in the folder that is packed",
                next: "choose another place with --output")
        case .outputIsNoPack(let path):
            Failure(
                "pack-over-other-file", "\"\(path)\" exists and is no pack",
                next: "remove it, or choose another name with --output")
        case .busy(let path):
            Failure(
                "pack-busy", "\"\(path)\" is being made by another process", next: "wait for it",
                run: .again)
        case .toolFailed(let tool, let detail):
            Failure("pack-tool-failed", "\"\(tool)\" failed", cause: detail, run: .again)
        case .notAPack(let path):
            Failure("not-a-pack", "\"\(path)\" is no squashfs", next: "give a pack")
        case .unreadableListing(let path):
            Failure(
                "pack-listing", "the names in \"\(path)\" cannot be listed without doubt",
                next: "mount it to look into it")
        case .differs(let differences):
            Failure(
                "pack-differs", "the pack is not what it was made from, and was not kept",
                cause: (differences.first?.description ?? "")
                    + (differences.count > 1 ? " (and \(differences.count - 1) more)" : ""),
                next: "see that nobody changes the source meanwhile", run: .again)
        case .interrupted: .interrupted
        case .system(let error): error.failure
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
