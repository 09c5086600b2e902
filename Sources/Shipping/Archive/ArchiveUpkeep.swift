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
    private let connection: ArchiveConnection
    private let archive: String
    private let ledger: LedgerReader
    private let store = Store(root: Project.storePath)

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

    private var isInterrupted: () -> Bool {
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

    // MARK: What nothing needs

    /// - Parameters:
    ///   - releases: so many of the newest of each environment keep what they are made of, beside what is live, what was live
    ///     before it, and what is pinned.
    ///   - days: how long a file that nothing needs stays.
    /// - Throws: where it cannot be known what a release needs: nothing is removed then.
    package func plan(releases: Int, days: Int) throws -> ArchiveCollecting.Plan {
        try collecting.plan(
            needed: try needed(releases: releases), objects: try ledger.archivedFiles(in: archive),
            graceMs: Int64(days) * 86_400_000,
            nowMs: Timestamp.now().nanoseconds / 1_000_000, isInterrupted: isInterrupted)
    }

    /// Marks what nothing needs, and removes what was marked for long enough: first the history names the files, then they go.
    /// What is needed of packs that hold little else is written again before.
    func collect(_ plan: ArchiveCollecting.Plan, _ sender: ArchiveSender?) throws {
        guard let sender else {
            throw Failure(
                "archive-read-only", "this clone only reads the archive (role: read)",
                next: "collect from a clone whose role is write")
        }
        try rewrite(plan.rewritten, sender)
        guard !plan.removed.isEmpty else { return try collecting.mark(plan) }
        // A copy counts once it was read.
        let plan = plan.trusting(try bring(plan.copies.values.flatMap { $0 }))
        try sender.sendRemoval(of: plan.removed.keys.sorted())
        try collecting.remove(plan, isInterrupted: isInterrupted)
    }

    /// Bytes of contents in one segment.
    private static let rewrittenAtOnce: Int64 = 64 << 20

    private func rewrite(_ objects: [ArchivedObject], _ sender: ArchiveSender) throws {
        var waiting = objects[...]
        while !waiting.isEmpty {
            var some: [ArchivedObject] = []
            var bytes: Int64 = 0
            while let object = waiting.first, bytes < Self.rewrittenAtOnce {
                some.append(object)
                bytes += object.size
                waiting.removeFirst()
            }
            let arrived = try bring(some)
            let contents = some.filter { arrived.contains($0.digest) }.map { ($0.digest, $0.size) }
            guard !contents.isEmpty else { continue }
            _ = try sender.send(
                HistorySegment(head: sender.head()), contents: Dictionary(contents) { $1 })
            if isInterrupted() { throw ProcessError.interrupted }
        }
    }

    /// Reads contents of the archive into the store.
    ///
    /// - Returns: those that are as their digests say.
    private func bring(_ objects: [ArchivedObject]) throws -> Set<Digest> {
        let each = Dictionary(objects.map { ($0.digest, $0) }) { $1 }
        return try ObjectFetching(place: connection.place(), store: store)
            .fetch(Array(each.values), progress: { _ in }, isInterrupted: isInterrupted)
    }

    private var collecting: ArchiveCollecting {
        ArchiveCollecting(place: connection.place(), archive: archive)
    }

    private func needed(releases count: Int) throws -> Set<Digest> {
        var needed = Set(try ledger.newestArchivedOutputs(in: archive).map(\.digest))
        // What tasks of a cluster fetch: the next ones need it too.
        needed.formUnion(try ledger.newestArchivedInputs(in: archive))
        let all = try ledger.archivedReleases(in: archive)
        let live = try ledger.archivedLive(in: archive)
        let pins = Set(
            try ledger.archivedPins(in: archive).map { "\($0.environment) \($0.release)" })
        for (environment, releases) in Dictionary(grouping: all, by: \.environment) {
            let recent = Set((live[environment] ?? []).prefix(2))  // none went live
            // Two clones that could not ask each other may have made one number: both stay or go.
            let newest = Set(Set(releases.map(\.number)).sorted(by: >).prefix(count))
            for release in releases
            where newest.contains(release.number) || recent.contains(release.number)
                || pins.contains("\(environment) \(release.number)")
            {
                needed.formUnion(try contents(of: release))
            }
        }
        return needed
    }

    /// - Throws: where the list of what the release is made of cannot be had.
    private func contents(of release: ArchivedRelease) throws -> Set<Digest> {
        var needed = Set([release.manifest, release.code, release.bundle].compactMap { $0 })
        let manifest = try DataManifest(parsing: try list(release.manifest, of: release, "data"))
        needed.formUnion(manifest.entries.map(\.digest))
        if let code = release.code {
            needed.formUnion(try CodeTree.digests(inListing: try list(code, of: release, "code")))
        }
        return needed
    }

    private func list(
        _ digest: Digest, of release: ArchivedRelease, _ what: String
    ) throws -> String {
        if try !store.contains(digest) {
            let found = try ledger.archivedObjects(digest, in: archive).prefix(1)
            _ = try ObjectFetching(place: connection.place(), store: store)
                .fetch(Array(found), progress: { _ in }, isInterrupted: isInterrupted)
        }
        guard let path = try store.sound(digest) else {
            throw GarbageCollectionError.listLost(
                release: release.number, environment: release.environment, what: what,
                path: store.path(of: digest))
        }
        return try FileSystem.readText(path)
    }
}
