import Digests
package import Failures
import JSON
package import Slots

/// The folder of an archive, wherever it is: what lies there, and under which names.
///
/// `docs/reference/archive.md` describes it for other programs.
package final class ArchivePlace {
    /// The folder below the root; the root itself for an empty name. A new transport at each call, used by one thread.
    private let open: (String) -> any Transport
    /// Names it for people.
    package let name: String

    package init(name: String, open: @escaping (String) -> any Transport) {
        self.name = name
        self.open = open
    }

    package static let markName = "pipeline-archive.json"
    package static let history = "history"
    static let objects = "objects"
    static let packs = "packs"
    static let tasks = "tasks"

    func root() -> any Transport { open("") }
    func folder(_ name: String) -> any Transport { open(name) }

    /// What the place says of itself; nil where there is no archive.
    package func mark() throws -> ArchiveMark? {
        guard let bytes = try reaching({ try self.root().readOwn(Self.markName) }) else {
            return nil
        }
        return try ArchiveMark(parsing: bytes, at: name)
    }

    /// Makes the archive, where nothing is yet.
    ///
    /// - Returns: the mark that lies there now: of two who make one at the same time both get the same.
    package func make(project: String, id: String) throws -> ArchiveMark {
        if let known = try mark() { return known }
        let root = root()
        let found = try reaching { try root.entries(of: nil) } ?? []
        // Another clone makes it just now, or has made it since.
        if found.contains(where: { $0.name == Self.markName }), let made = try mark() {
            return made
        }
        let others = found.filter { $0.name != Self.markName && !SlotNames.isAside($0.name) }
        if let other = others.first {
            throw ArchiveError.foreign(place: name, holds: other.name)
        }
        let made = ArchiveMark(id: id, project: project)
        _ = try reaching {
            try root.makeFolders([])
            return try root.createOwn(Self.markName, made.bytes)
        }
        guard let mark = try mark() else { throw ArchiveError.unreadable(place: name) }
        return mark
    }

    /// Milliseconds after which a mark that is cut off was left by a kill.
    private static let markGraceMs: Int64 = 600_000

    /// Makes the archive where a kill has cut off its mark and nothing else was written. Of two who do so at the same time both write
    /// the same.
    ///
    /// - Returns: nil where it is something else that lies there, or not for long enough.
    package func finishMaking(project: String, nowMs: Int64) throws -> ArchiveMark? {
        let root = root()
        let found = try reaching { try root.entries(of: nil) } ?? []  // it is gone
        let others = found.filter { $0.name != Self.markName && !SlotNames.isAside($0.name) }
        guard others.isEmpty,
            let modified = found.first(where: { $0.name == Self.markName })?.modified,
            nowMs - modified * 1000 >= Self.markGraceMs,
            // After the listing: one who has written it since has changed the time of which the id is made.
            let bytes = try reaching({ try root.readOwn(Self.markName) }),
            CheckedFile.isCut(bytes)
        else { return nil }
        let id = Digest.of("pipeline archive \(project) \(modified)").hex.prefix(32)
        // ours: nothing but the beginning of a mark lies there
        try reaching {
            try root.writeOwn(
                Self.markName, ArchiveMark(id: String(id), project: project).bytes)
        }
        return try mark()
    }

    /// Writes the mark again where what lies there is damaged.
    package func restore(_ mark: ArchiveMark) throws {
        do { _ = try self.mark() } catch ArchiveError.unreadable {
            // Its own check says that it is not what an archive has written there.
            try reaching { try self.root().writeOwn(Self.markName, mark.bytes) }
        }
    }

    /// Runs what asks the place. What a transport says becomes an error of the archive, which never ends a run.
    func reaching<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as TransportError {
            if error == .interrupted { throw error }
            throw ArchiveError.unreachable(place: name, error.failure)
        }
    }
}

/// The file at the root of an archive that says that it is one, and whose.
package struct ArchiveMark: Hashable, Sendable {
    static let format: Int64 = 1

    /// 32 characters of 0-9a-f: segments name it, so that those of another archive do not count.
    package let id: String
    package let project: String

    package init(id: String, project: String) {
        self.id = id
        self.project = project
    }

    var bytes: [UInt8] {
        let value: JSONValue = [
            "format": .int(Self.format), "id": .string(id), "project": .string(project),
        ]
        return CheckedFile.bytes(value)
    }

    /// - Parameter place: for the error.
    init(parsing bytes: [UInt8], at place: String) throws(ArchiveError) {
        let written = try? JSONValue(parsing: bytes)  // try?: reported as damaged
        let value = CheckedFile.value(bytes)
        if let format = written?["format"]?.wholeNumber, format > Self.format,
            value != nil || written?["check"] == nil
        {
            throw .newer(place: place, format: format)
        }
        guard let id = value?["id"]?.string, let project = value?["project"]?.string else {
            throw .unreadable(place: place)
        }
        self.init(id: id, project: project)
    }
}

/// Why an archive cannot be used.
package enum ArchiveError: Explained, Hashable {
    case unreachable(place: String, Failure)
    /// It has not answered for so many seconds.
    case silent(place: String, seconds: Int)
    /// It has not answered so many seconds ago, and was not asked again.
    case silentBefore(place: String, secondsAgo: Int64)
    /// There was one, and now there is nothing.
    case gone(place: String)
    /// Something lies there, and it is no archive.
    case foreign(place: String, holds: String)
    case otherProject(place: String, project: String)
    case unreadable(place: String)
    case newer(place: String, format: Int64)
    case signing(reason: String)

    package var description: String { failure.text }

    /// Whether the place does not answer as it did, which ends no run.
    package var isOfThePlace: Bool {
        switch self {
        case .unreachable, .silent, .silentBefore, .gone: true
        default: false
        }
    }

    package var failure: Failure {
        switch self {
        case .gone(let place):
            Failure(
                "archive-unreachable", "the archive \(place) is not there any more",
                cause: "what it lies on is not mounted, or somebody has removed it",
                next: "mount it; if it was given up, remove .pipeline/archive/id", run: .again)
        case .silent(let place, let seconds):
            Failure(
                "archive-unreachable",
                "the archive \(place) has not answered for \(seconds) seconds",
                next: "see whether it can be reached", run: .again)
        case .silentBefore(let place, let seconds):
            Failure(
                "archive-unreachable",
                "the archive \(place) did not answer \(seconds) s ago, and is asked again after a minute, or by a run",
                next: "see whether it can be reached", run: .again)
        case .unreachable(let place, let cause):
            Failure(
                "archive-unreachable", "the archive \(place) cannot be reached: \(cause.headline)",
                cause: cause.cause, next: cause.next, run: .again)
        case .foreign(let place, let name):
            Failure(
                "archive-foreign", "\(place) holds \"\(name)\", and no archive",
                next: "name an empty folder, or one that is still to be made")
        case .otherProject(let place, let project):
            Failure(
                "archive-foreign", "the archive \(place) belongs to the project \"\(project)\"",
                next: "name a folder of this project's own")
        case .unreadable(let place):
            Failure(
                "archive-mark",
                "\"\(ArchivePlace.markName)\" of the archive \(place) cannot be read",
                next: "a run of a clone that has used the archive before puts it back")
        case .newer(let place, let format):
            Failure(
                "archive-newer",
                "a newer version of this program made the archive \(place) (format \(format))",
                next: "update this program")
        case .signing(let reason):
            Failure(
                "archive-signing", "what is to be added to the archive cannot be signed: \(reason)",
                next: "add the key to your agent with ssh-add, or correct \"sign\" of the archive",
                run: .again)
        }
    }
}
