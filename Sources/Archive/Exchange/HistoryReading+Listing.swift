import ArchiveHistory
import PipelineLedger
import Posix
import Slots

extension HistoryReading {
    /// Nil where everybody's segments count.
    func refusals() throws -> RefusedSegments? {
        guard case .signers(let file) = signatures.trust else { return nil }
        return try RefusedSegments(
            folder: folder, signers: file, archive: archive, nowMs: Timestamp.now().milliseconds)
    }

    /// Segments by their files' names, with their bytes, and what lies there of their signatures.
    func list() throws -> (
        segments: [SegmentFile: Int64], signatures: [SegmentFile: RefusedSegments.Signature]
    ) {
        let transport = place.folder(ArchivePlace.history)
        let entries = try place.reaching { try transport.entries(of: nil) } ?? []
        var files: [SegmentFile: Int64] = [:]
        var signatures: [SegmentFile: RefusedSegments.Signature] = [:]
        for entry in entries {
            guard case .file(let size) = entry.kind else { continue }
            if let file = SegmentFile(name: entry.name) {
                files[file] = size
            } else if entry.name.hasSuffix(".sig"),
                let file = SegmentFile(name: String(entry.name.dropLast(4)))
            {
                signatures[file] = .init(size: size, modified: entry.modified)
            }
        }
        return (files, signatures)
    }
}
