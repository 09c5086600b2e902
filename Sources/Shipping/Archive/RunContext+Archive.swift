import Digests
import Failures
import Paths
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes
import Slots

extension ShippingContext {
    /// Nil where the project has no archive.
    var archive: ProjectArchive? { project.shared as? ProjectArchive }
}

/// Releases of a run, as the environment's clones share them.
extension RunContext {
    /// Gives a content its number. Where there is an archive the number is given out there, once in the environment.
    ///
    /// - Parameter commit: of what it was made from, where that is not what lies here.
    func record(_ content: ReleaseContent, commit: String? = nil) throws -> ReleaseRecord {
        var number: (number: Int64, archive: String)?
        if let archive, let archiving = archive.archiving(session) {
            do { number = (try archiving.number(for: content), archiving.archive) } catch {
                guard !archive.requiresReleases, !session.cancellation.isCancelled else {
                    throw refusal("this release", Failure(of: error))
                }
                session.emit(
                    .note(
                        "the archive gives out no number: \(Failure(of: error).headline); this clone does"
                    ))
            }
        }
        let id = try session.writer.recordRelease(
            content, number: number?.number, archive: number?.archive,
            commit: commit ?? session.commit, run: session.run, at: Timestamp.now())
        guard let release = try session.reader.release(id: id) else {
            throw ShippingError.releaseUnknown(id, environment: environment.name)
        }
        return release
    }

    /// Has a release in the archive before it is live, where the project asks for that. A rollback waits for nothing: what was
    /// live before is there, or cannot be had any more.
    func archive(_ release: ReleaseRecord, before kind: DeploymentKind) throws {
        guard let archive, kind == .deploy, archive.requiresReleases else { return }
        let name = "release \(release.number)"
        guard let archiving = archive.archiving(session) else {
            throw refusal(name, Failure("archive-unreachable", "the archive does not answer"))
        }
        let lacking: [String]
        do {
            try keepData(of: release)
            lacking = try archiving.send(partsOf: release)
            if lacking.isEmpty { try archiving.send(release) }
        } catch {
            if session.cancellation.isCancelled { throw error }
            throw refusal(name, Failure(of: error))
        }
        guard let first = lacking.first else { return }
        let more = lacking.count == 1 ? "" : ", and \(lacking.count - 1) more"
        throw refusal(
            name, Failure("content-lost", "the store does not have \(first)\(more)"))
    }

    private func refusal(_ name: String, _ cause: Failure) -> Failure {
        Failure(
            "release-not-archived", "\(name) is not in the archive, so it is not made live",
            cause: cause.headline,
            next: "see to it that the archive can be written, or write \"require: results\" in the "
                + "\"archive\" of pipeline/pipeline.yaml", run: .again)
    }

    /// Data that no unit made lies in the project alone: the store keeps a copy, which a rollback needs once it has changed.
    private func keepData(of release: ReleaseRecord) throws {
        for entry in try ReleaseContents.entries(release.manifest, in: store) ?? []
        where try !store.contains(entry.digest) {
            let path = entry.path.text
            guard try FileSystem.status(path) != nil else { continue }
            let object = store.path(of: entry.digest)
            let copy = FileSystem.temporaryPath(beside: object)
            try FileSystem.createDirectories(PathText.folder(object), mode: 0o700)
            if try !store.disk.clone(path, to: copy) { try FileSystem.copy(path, to: copy) }
            guard try Digest.ofFile(copy).digest == entry.digest else {
                try FileSystem.remove(copy)  // ours: made above
                throw ShippingError.contentChanged(path: path)
            }
            try FileSystem.changeMode(copy, to: 0o444)
            try FileSystem.synchronize(copy)
            try FileSystem.rename(copy, to: object)
        }
    }

    /// Brings what a release needs out of the archive: its lists always, so that it can be compared with what is there; data
    /// only where it has to be sent.
    func bring(_ release: ReleaseRecord) throws {
        guard let archive else { return }
        let lists = [release.manifest] + (release.code.map { [$0] } ?? [])
        try fetch(lists, archive)
        if try session.reader.manifestSize(release.manifest) == nil,
            let manifest = try storedManifest(release.manifest)
        {
            try session.writer.recordManifest(
                manifest.digest, files: manifest.entries.count, bytes: manifest.bytes,
                at: Timestamp.now())
        }
        guard let code = release.code, let listing = try content(code) else { return }
        try fetch(
            try CodeTree.digests(inListing: try FileSystem.readText(listing)), archive)
    }

    /// Brings the data that a slot is to be filled with, and that is not here.
    func bring(_ manifest: DataManifest) throws {
        guard let archive else { return }
        try fetch(try manifest.entries.filter { try !isInPlace($0) }.map(\.digest), archive)
    }

    /// Whether a file of a release is here: in the store, else where it was compiled to. There the path may be a folder or
    /// another kind of file now.
    private func isInPlace(_ entry: DataManifest.Entry) throws -> Bool {
        if try content(entry.digest) != nil { return true }
        guard let status = try FileSystem.status(entry.path.text), status.kind == .file,
            status.size == entry.size
        else { return false }
        return try Digest.ofFile(entry.path.text).digest == entry.digest
    }

    private func fetch(_ digests: [Digest], _ archive: ProjectArchive) throws {
        var missing: [Digest: Int64] = [:]
        for digest in Set(digests) where try content(digest) == nil { missing[digest] = 0 }
        if !missing.isEmpty { archive.fetch(missing, note: session.emit) }
    }
}
