import ArchiveHistory
import Digests
import PipelineStore
import Posix
import Slots
import Synchronization

/// What of the contents is in the store, for several threads.
final class KeptObjects: Sendable {
    private let store: Store
    private let state = Mutex<(arrived: Set<Digest>, failure: PosixError?)>(([], nil))

    init(_ store: Store) { self.store = store }

    var arrived: Set<Digest> { state.withLock { $0.arrived } }
    /// Why this machine could not keep something; nil where the fault is the archive's.
    var failure: PosixError? { state.withLock { $0.failure } }

    /// - Throws: what has failed on any thread.
    func check() throws(TransportError) {
        if let failure { throw .system(failure) }
    }

    func note(_ failure: PosixError) {
        state.withLock { if $0.failure == nil { $0.failure = failure } }
    }

    func add(_ bytes: ArraySlice<UInt8>, to part: IncomingPart) {
        trying { () throws(PosixError) in try part.add(bytes) }
    }

    func keep(_ part: IncomingPart, isWhole: Bool) {
        guard part.digest() == part.object.digest, isWhole else { return part.remove() }
        trying { () throws(PosixError) in try place(part) }
    }

    /// Copies what `next` reads, if it is the content and nothing else.
    ///
    /// - Parameter next: fills a buffer: how many bytes that were, 0 at the end, nil where no more is to be read.
    func keep(_ object: ArchivedObject, next: (UnsafeMutableRawBufferPointer) -> Int?) {
        trying { () throws(PosixError) in
            let part = try IncomingPart(object, store)
            do throws(PosixError) {
                guard try part.fill(next) else { return part.remove() }
            } catch {
                part.remove()
                throw error
            }
            try place(part)
        }
    }

    func keep(_ object: ArchivedObject, from bytes: [UInt8]) {
        guard let offset = object.offset.map(Int.init), (0...bytes.count).contains(offset),
            object.size <= Int64(bytes.count - offset)
        else { return }
        let content = bytes[offset..<offset + Int(object.size)]
        guard content.withUnsafeBytes({ Digest.of($0) }) == object.digest else { return }
        trying { () throws(PosixError) in
            let part = try IncomingPart(object, store)
            do throws(PosixError) { try part.write(content) } catch {
                part.remove()
                throw error
            }
            try place(part)
        }
    }

    private func trying(_ work: () throws(PosixError) -> Void) {
        do throws(PosixError) { try work() } catch { note(error) }
    }

    private func place(_ part: IncomingPart) throws(PosixError) {
        try part.place()
        state.withLock { _ = $0.arrived.insert(part.object.digest) }
    }
}

/// A content that arrives as a file of its own, which `place` or `remove` ends.
final class IncomingPart: Sendable {
    let object: ArchivedObject
    private let store: Store
    private let file: Store.NewObject
    private let hasher = Mutex(Hasher256())

    init(_ object: ArchivedObject, _ store: Store) throws(PosixError) {
        self.object = object
        self.store = store
        file = try store.begin(object.digest)
    }

    func add(_ bytes: ArraySlice<UInt8>) throws(PosixError) {
        // In this order: of a file that could not be written in full the digest is not right either.
        try file.write(bytes)
        hasher.withLock { hasher in bytes.withUnsafeBytes { hasher.update($0) } }
    }

    /// Writes what was hashed already.
    func write(_ bytes: ArraySlice<UInt8>) throws(PosixError) { try file.write(bytes) }

    /// Writes what is read, through one small buffer, which stays in the processor's cache between reading, hashing and writing.
    ///
    /// - Returns: whether all of it came, and is the content.
    func fill(_ next: (UnsafeMutableRawBufferPointer) -> Int?) throws(PosixError) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 4096)
        defer { buffer.deallocate() }
        var hasher = Hasher256()
        var bytes: Int64 = 0
        while true {
            guard let count = next(buffer) else { return false }
            if count == 0 { break }
            bytes += Int64(count)
            guard bytes <= object.size else { return false }
            let read = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(read)
            try file.write(read)
        }
        return bytes == object.size && hasher.finish() == object.digest
    }

    func digest() -> Digest { hasher.withLock { $0.finish() } }

    func place() throws(PosixError) {
        do throws(PosixError) { try store.place(file) } catch {
            store.discard(file)
            throw error
        }
    }

    func remove() { store.discard(file) }
}
