import Archive
import ArchiveHistory
import Digests
import Failures
import PipelineEngine
import PipelineModel
import Posix
import Processes
import TransportProviders

/// How a project reaches its archive: what the definition says, made ready for use.
struct ArchiveConnection: Sendable {
    let config: ArchiveConfig
    let project: String
    let cancel: Cancellation?

    /// Where this clone keeps what it needs for the archive.
    static let folder = Project.statePath + "/archive"
    /// The id of the clone in the archive's history.
    static let writerPath = folder + "/writer"
    /// What this clone has read and written of the history.
    static var copies: SegmentCopies { SegmentCopies(folder: folder + "/segments") }

    /// For one thread: transports are not shared by several.
    func place() -> ArchivePlace {
        let name = "\(config.options.transport) \(config.options.root)"
        guard case .lasting(let connect) = Registry.archiveTransport(config).access else {
            preconditionFailure("an archive is reached at any time")
        }
        let connection = connect(.init(options: config.options, cancel: cancel))
        return ArchivePlace(name: name) { connection.transport($0) }
    }

    /// Gives the folders that this user has made in an archive on this machine what the archive's own folder gives its group, so that
    /// the archive of a group takes what every one of them adds. Folders elsewhere are the server's matter.
    func shareFolders() throws {
        guard Registry.archiveTransport(config).isLocal else { return }
        let root = config.options.root
        guard let mode = try FileSystem.status(root)?.mode, mode & 0o020 != 0 else { return }
        let shared = mode & 0o2070
        for folder in try Self.folders(in: root) {
            for path in try [folder] + Self.folders(in: folder) {
                guard let status = try FileSystem.linkStatus(path), status.mode & shared != shared
                else { continue }
                // One of another user keeps its mode.
                try? FileSystem.changeMode(path, to: status.mode | shared)  // try?: see above
            }
        }
    }

    private static func folders(in folder: String) throws -> [String] {
        try FileSystem.entries(of: folder).filter { $0.kind == .directory && $0.isValidUTF8 }
            .map { "\(folder)/\($0.name)" }
    }

    var signatures: SegmentSignatures {
        switch config.signing {
        case .none: SegmentSignatures(trust: .everybody, key: nil, cancel: cancel)
        case .key(let key):
            SegmentSignatures(
                trust: .signers(file: ArchiveConfig.allowedSigners),
                key: key.map(Self.expanded), cancel: cancel)
        }
    }

    /// A path that begins with `~/` is in the user's home.
    private static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = Environment.value("HOME") else { return path }
        return home + path.dropFirst()
    }

    static var author: Author { Author(user: Host.userName, host: Host.name) }

    static var platform: Platform { .here }

    /// The mark of the archive.
    ///
    /// - Parameter makes: whether an archive is made where nothing is.
    ///
    /// - Returns: nil where there is no archive yet.
    /// - Throws: `ArchiveError`.
    func mark(
        _ place: ArchivePlace, makes: Bool, note: (RunEvent) -> Void = { _ in }
    ) throws -> ArchiveMark? {
        var mark: ArchiveMark?
        do { mark = try place.mark() } catch ArchiveError.unreadable where makes {
            guard ArchiveMemory.hasSeen(place.name), let id = ArchiveMemory.archive else {
                guard
                    let made = try place.finishMaking(
                        project: project, nowMs: Timestamp.now().nanoseconds / 1_000_000)
                else { throw ArchiveError.unreadable(place: place.name) }
                return made
            }
            try place.restore(ArchiveMark(id: id, project: project))
            mark = try place.mark()
            note(.note("\(ArchivePlace.markName) of the archive was damaged, and is put back"))
        }
        if mark == nil, ArchiveMemory.hasSeen(place.name) {
            // Such as a share that is not mounted: an archive made there now would be another one.
            throw ArchiveError.gone(place: place.name)
        }
        if mark == nil, makes {
            mark = try place.make(project: project, id: RandomID.plain())
        }
        if let mark, mark.project != project {
            throw ArchiveError.otherProject(place: place.name, project: mark.project)
        }
        if let mark { try mustBeTheSame(mark, place) }
        return mark
    }

    /// Such as below the mount point of a share that is not mounted, where somebody has made one.
    private func mustBeTheSame(_ mark: ArchiveMark, _ place: ArchivePlace) throws {
        guard ArchiveMemory.hasSeen(place.name), let known = ArchiveMemory.archive,
            known != mark.id
        else { return }
        throw Failure(
            "archive-replaced",
            "the archive \(place.name) is not the one that this clone has used there",
            cause:
                "its id is \(mark.id.prefix(8))…, and was \(known.prefix(8))…: what it lies on is not mounted, and another "
                + "one was made in its place; or somebody has replaced it",
            next: "mount it; if the former one was given up, remove .pipeline/archive/id",
            run: .again)
    }
}
