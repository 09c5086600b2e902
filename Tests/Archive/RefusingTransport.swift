import Digests
import Glibc
import Posix
import Slots

/// A place that refuses each new file as one that is there, and has none: as an SFTP server does whose disk is full. Where it
/// stands before another place, its disk does not give some files of that.
final class RefusingTransport: Transport {
    private let error = TransportError.failed("not asked here")
    private let place: (any Transport)?
    private let unreadable: Set<String>

    init(_ place: (any Transport)? = nil, unreadable: Set<String> = []) {
        self.place = place
        self.unreadable = unreadable
    }

    func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]? { [] }
    func makeFolders(_ paths: [RelativePath]) throws(TransportError) {}
    func readOwn(_ name: String) throws(TransportError) -> [UInt8]? { try place?.readOwn(name) }
    func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool { false }

    func features() throws(TransportError) -> TransportFeatures { throw error }
    func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing { throw error }
    func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind? {
        throw error
    }
    func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? { throw error }
    func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?] { throw error }
    func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        guard let place else { throw error }
        if let file = files.first(where: { unreadable.contains($0.path.text) }) {
            throw .system(PosixError(call: "read", path: file.path.text, code: EIO))
        }
        try place.read(files, take: take, end: end, isInterrupted: isInterrupted)
    }
    func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) { throw error }
    func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(TransportError) { throw error }
    func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError) { throw error }
    func writeOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) { throw error }
    func removeOwn(_ name: String) throws(TransportError) { throw error }
    func move(to root: String) throws(TransportError) { throw error }
    func removeRoot() throws(TransportError) { throw error }
    func synchronize() throws(TransportError) { throw error }
}
