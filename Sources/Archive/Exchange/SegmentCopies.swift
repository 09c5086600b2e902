import ArchiveHistory
import Digests
import Posix

/// Copies of the segments that a clone has read or written, beside its ledger: with one of them any clone puts back a segment that was
/// damaged or lost in the archive. They may be lost themselves.
package struct SegmentCopies: Sendable {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// Not synchronised: what a power cut damages is no copy any more.
    func keep(_ file: SegmentFile, _ bytes: [UInt8], signature: [UInt8]?) throws(PosixError) {
        try FileSystem.createDirectories(folder, mode: 0o700)
        try write(bytes, file.name)
        if let signature { try write(signature, "\(file.name).sig") }
    }

    /// Says, before a segment is written, that it is this clone's own: a kill may come before the ledger knows.
    func announce(_ file: SegmentFile) throws(PosixError) {
        try FileSystem.createDirectories(folder, mode: 0o700)
        try FileSystem.writeAtomically(Array(file.name.utf8), to: announcement, mode: 0o600)
    }

    /// The file that this clone has begun to write last; nil where it has written none.
    func announced() throws(PosixError) -> SegmentFile? {
        guard try FileSystem.status(announcement) != nil else { return nil }
        return SegmentFile(name: String(decoding: try FileSystem.read(announcement), as: UTF8.self))
    }

    private var announcement: String { "\(folder)/own" }

    private func write(_ bytes: [UInt8], _ name: String) throws(PosixError) {
        let path = "\(folder)/\(name)"
        let descriptor = try Descriptors.open(path, .replace)
        defer { Descriptors.close(descriptor) }
        try Descriptors.write(bytes, to: descriptor, path: path)
    }

    /// Nil where there is none that is whole.
    func bytes(of file: SegmentFile) throws(PosixError) -> [UInt8]? {
        guard let bytes = try read(file.name),
            SegmentFile(file.segment, digest: Digest.of(bytes)) == file
        else { return nil }
        return bytes
    }

    /// The signature that was read or written with the segment; nil where there is none.
    func signature(of file: SegmentFile) throws(PosixError) -> [UInt8]? {
        try read("\(file.name).sig")
    }

    private func read(_ name: String) throws(PosixError) -> [UInt8]? {
        let path = "\(folder)/\(name)"
        guard try FileSystem.status(path) != nil else { return nil }
        return try FileSystem.read(path)
    }
}
