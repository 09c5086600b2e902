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

    /// For one thread: transports are not shared by several.
    func place() -> ArchivePlace {
        let name = "\(config.options.transport) \(config.options.root)"
        guard
            let provider = Registry.archiveTransports.first(where: {
                $0.schema.name == config.options.transport
            }), case .lasting(let connect) = provider.access
        else { preconditionFailure("the definition was read with other transports") }
        let connection = connect(.init(options: config.options, cancel: cancel))
        return ArchivePlace(name: name) { connection.transport($0) }
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

    static var platform: Platform {
        Platform(
            system: Host.system, library: Host.library,
            processor: Digest.of(Host.processorFeatures().joined(separator: " ")).short)
    }

    /// The mark of the archive.
    ///
    /// - Parameter makes: whether an archive is made where nothing is.
    ///
    /// - Returns: nil where there is no archive yet.
    /// - Throws: `ArchiveError`.
    func mark(_ place: ArchivePlace, makes: Bool) throws -> ArchiveMark? {
        var mark = try place.mark()
        if mark == nil, makes {
            mark = try place.make(project: project, id: RandomID.plain())
        }
        if let mark, mark.project != project {
            throw ArchiveError.otherProject(place: place.name, project: mark.project)
        }
        return mark
    }
}
