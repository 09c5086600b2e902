package import Archive
import ArchiveHistory
import Failures
import Paths
import PipelineEngine
import PipelineLedger
import Posix
import Processes

/// What was damaged in the archive and that this clone knows is put back by its next run.
extension ProjectArchive {
    /// Remembers what was found to be damaged, where no run holds the ledger.
    package func remember(_ findings: [ArchiveVerifying.Finding]) throws {
        guard let archive = current else { return }
        let damaged = findings.flatMap(\.objects)
        guard !damaged.isEmpty else { return }
        try RunLock.ifFree(command: "notes what is damaged in the archive") {
            try LedgerWriter(path: Project.ledgerPath).recordDamaged(
                damaged, in: archive, at: Timestamp.now())
        }
    }

    /// Puts back segments of the history and numbers of releases. Contents are sent again by the sender. It never fails a run.
    ///
    /// - Parameter lost: segments that are gone, or have another size.
    func repair(_ lost: [KnownSegment], _ session: RunSession, archive: String) {
        do {
            let damaged = try session.reader.damagedRecords(in: archive)
            guard !lost.isEmpty || !damaged.isEmpty else { return }
            let paths = Set(damaged.map(\.path))
            let segments = try session.reader.archiveSegments(archive).filter {
                $0.refused == nil && paths.contains($0.path)
            }
            let restored =
                try restore(Array(Set(lost + segments)).sorted { $0.name < $1.name }, session)
                + restore(numbers: paths.sorted(), session, archive)
            try session.writer.forgetDamaged(restored, in: archive)
            guard !restored.isEmpty else { return }
            let files = restored.count == 1 ? restored[0] : "\(restored.count) files"
            session.emit(.note("\(files) of the archive was damaged or gone, and is put back"))
        } catch ProcessError.interrupted { return } catch {
            guard !session.cancellation.isCancelled else { return }
            session.emit(
                .note(
                    "what is damaged in the archive is not put back: \(Failure(of: error).headline)"
                ))
        }
    }

    private func restore(_ segments: [KnownSegment], _ session: RunSession) throws -> [String] {
        let folder = ArchiveConnection.folder + "/restoring"
        try FileSystem.createDirectories(folder, mode: 0o700)
        let restoring = HistoryRestoring(
            place: connection(session.cancellation).place(), copies: ArchiveConnection.copies,
            folder: folder)
        return try segments.filter {
            try restoring.restore($0, isInterrupted: { session.cancellation.isCancelled })
        }.map(\.path)
    }

    private func restore(
        numbers paths: [String], _ session: RunSession, _ archive: String
    ) throws -> [String] {
        let place = connection(session.cancellation).place()
        let releases = try session.reader.archivedReleases(in: archive)
        return try releases.compactMap { release in
            let path = "\(ReleaseNumbers.releases)/\(release.environment)/\(release.number).json"
            guard paths.contains(path) else { return nil }
            try ReleaseNumbers(place, environment: release.environment).restore(
                release.number, of: release.content.identity, author: release.author,
                madeMs: release.createdMs)
            return path
        }
    }
}

extension KnownSegment {
    /// From the archive's root.
    fileprivate var path: String { "\(ArchivePlace.history)/\(file.name)" }
}
