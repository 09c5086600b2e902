package import Archive
package import ArchiveHistory
import Digests
package import Failures
package import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
package import Processes
import Slots

/// Looking after a project's archive: what is there, whether it is sound, and what nothing needs any more.
package struct ArchiveUpkeep {
    let connection: ArchiveConnection
    let archive: String
    let ledger: LedgerReader
    let store = Store(root: Project.storePath)

    /// - Throws: where the project has no archive, or none can be reached.
    package init(_ project: Project, ledger: LedgerReader?, cancel: Cancellation?) throws {
        guard let config = project.definition.archive else { throw Self.noArchive }
        connection = ArchiveConnection(
            config: config, project: project.definition.project, cancel: cancel)
        guard let ledger, let mark = try connection.mark(connection.place(), makes: false) else {
            throw Failure(
                "no-archive", "there is no archive at \(connection.place().name) yet",
                next: "a run makes it and sends its results", run: "pipeline run")
        }
        archive = mark.id
        self.ledger = ledger
    }

    package static let noArchive = Failure(
        "no-archive", "the project has no archive",
        next: "add the key \"archive\" to \(Project.definitionPath)",
        run: "pipeline explain no-archive")

    var isInterrupted: () -> Bool {
        { [connection] in connection.cancel?.isCancelled == true }
    }

    // MARK: What is there

    package struct Status: Sendable {
        package let place: String
        package let segments: [KnownSegment]
        package let shares: [(author: String, segments: Int64, results: Int64, bytes: Int64)]
        /// Contents, each counted once.
        package let contents: Int
        package let bytes: Int64
        package let releases: [ArchivedRelease]
        package let pins: [ArchivedPin]
        package let damaged: [ArchivedObject]
    }

    package func status() throws -> Status {
        let files = try ledger.archivedFiles(in: archive)
        var sizes: [Digest: Int64] = [:]
        for object in files.values.joined() { sizes[object.digest] = object.size }
        return Status(
            place: connection.place().name, segments: try ledger.archiveSegments(archive),
            shares: try ledger.archiveShares(in: archive), contents: sizes.count,
            bytes: files.values.joined().reduce(0) { $0 + $1.size },
            releases: try ledger.archivedReleases(in: archive),
            pins: try ledger.archivedPins(in: archive),
            damaged: try ledger.damagedObjects(in: archive))
    }

    // MARK: Whether it is sound

    /// How much of the contents is read.
    package enum Reading: Hashable, Sendable {
        /// Names and sizes.
        case none
        /// So many parts of so many, others each time until all were read.
        case part(Int, of: Int)
        case full
    }

    private static let verifiedPath = ArchiveConnection.folder + "/verified"
    /// Files that are read in one go.
    private static let filesAtOnce = 200

    /// - Parameter progress: is called with the bytes that were read since it was called last.
    package func verify(
        _ reading: Reading, progress: @escaping (Int64) -> Void
    ) throws -> ArchiveVerifying.Outcome {
        let folder = ArchiveConnection.folder + "/verifying"
        try FileSystem.createDirectories(folder, mode: 0o700)
        let verifying = ArchiveVerifying(
            place: connection.place(), archive: archive, signatures: connection.signatures,
            copies: ArchiveConnection.copies, folder: folder)
        let files = try ledger.archivedFiles(in: archive)
        let known = try ledger.archiveSegments(archive)
        var outcome = try verifying.look(files, isInterrupted: isInterrupted)
        let listed = try verifying.look(history: known, into: &outcome)
        let wrong = Set(outcome.findings.map(\.path))
        let paths = (files.keys + listed.paths).filter { !wrong.contains($0) }
        let (turn, next) = Self.chosen(paths, reading)
        if reading != .none {
            try verifying.read(
                history: turn, of: listed, known: known,
                identities: { try ledger.identities(ofArchived: $1, in: $0, archive: archive) },
                into: &outcome, isInterrupted: isInterrupted)
        }
        let chosen = turn.filter { files[$0] != nil }
        for start in stride(from: 0, to: chosen.count, by: Self.filesAtOnce) {
            let some = chosen[start..<min(chosen.count, start + Self.filesAtOnce)]
            try verifying.read(
                some.map { ($0, files[$0] ?? []) },  // they are keys of it
                into: &outcome, progress: progress, isInterrupted: isInterrupted)
            if isInterrupted() { throw ProcessError.interrupted }
        }
        if let next {
            try FileSystem.createDirectories(ArchiveConnection.folder, mode: 0o700)
            try FileSystem.writeAtomically(
                Array("\(next)\n".utf8), to: Self.verifiedPath, mode: 0o600)
        }
        return try sorted(outcome)
    }

    /// Tells what is lost from what was sent again since it was found to be damaged.
    private func sorted(
        _ outcome: ArchiveVerifying.Outcome
    ) throws -> ArchiveVerifying.Outcome {
        let wrong = Set(outcome.findings.map(\.path))
        var sorted = outcome
        sorted.findings = []
        for finding in outcome.findings {
            let isReplaced =
                try !finding.objects.isEmpty
                && finding.objects.allSatisfy { object in
                    try ledger.archivedObjects(object.digest, in: archive)
                        .contains { $0.path != finding.path && !wrong.contains($0.path) }
                }
            if isReplaced {
                sorted.replaced.append(finding)
            } else {
                sorted.findings.append(finding)
            }
        }
        return sorted
    }

    /// The files of the parts whose turn it is, and the part that comes then; nil where there is no turn.
    private static func chosen(_ paths: [String], _ reading: Reading) -> ([String], next: Int?) {
        switch reading {
        case .none: return ([], nil)
        case .full: return (paths.sorted(), nil)
        case .part(let count, let parts):
            let text = try? FileSystem.readText(verifiedPath, limit: 64)  // try?: the first part
            let first = (text.flatMap { Int($0.prefix { $0 != "\n" }) } ?? 0) % parts
            let turn = Set((0..<min(count, parts)).map { (first + $0) % parts })
            let chosen = paths.filter { path in
                let digest = Digest.of(path).bytes
                return turn.contains((Int(digest[0]) << 8 + Int(digest[1])) % parts)
            }
            return (chosen.sorted(), (first + count) % parts)
        }
    }
}
