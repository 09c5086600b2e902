import Dispatch
import Posix
import Slots
import Synchronization

/// Contents whose files lie on this machine: threads read, hash and write them side by side, a file each, while the caller's
/// thread opens the next ones.
final class LocalFetching {
    private let files: [ObjectFetching.File]
    private let kept: KeptObjects
    private let progress: (Int64) -> Void
    private let isInterrupted: InterruptionCheck
    private let queue = DispatchQueue(label: "fetching", attributes: .concurrent)
    private let work = Work()

    init(
        _ files: [ObjectFetching.File], _ kept: KeptObjects,
        progress: @escaping (Int64) -> Void, isInterrupted: @escaping InterruptionCheck
    ) {
        self.files = files
        self.kept = kept
        self.progress = progress
        self.isInterrupted = isInterrupted
    }

    /// One more than there are threads, so that none waits for the next; each can hold a pack in memory.
    private static let filesAtOnce = min(Host.processorCount, 8) + 1

    /// - Parameter open: gives the descriptor of a file, nil where there is none.
    func run(_ open: (Int) throws(TransportError) -> Int32?) throws(TransportError) {
        do throws(TransportError) {
            for number in files.indices {
                try wait(below: Self.filesAtOnce)
                if let descriptor = try open(number) { begin(files[number], descriptor) }
            }
            try wait(below: 1)
        } catch {
            work.stop()
            queue.sync(flags: .barrier) {}
            throw error
        }
    }

    private func begin(_ file: ObjectFetching.File, _ descriptor: Int32) {
        work.begin()
        queue.async { [kept, work] in
            if let object = file.alone {
                kept.keep(object) { work.read(descriptor, into: $0, path: file.path) }
            } else if let bytes = Self.bytes(of: file, descriptor, work) {
                for object in file.objects { kept.keep(object, from: bytes) }
            }
            Descriptors.close(descriptor)
            work.end()
        }
    }

    /// What a pack holds, up to the end of what is wanted; nil where no more is to be read.
    private static func bytes(
        of file: ObjectFetching.File, _ descriptor: Int32, _ work: Work
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(min(file.bytes, 2 * SegmentSending.packBytes)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while Int64(bytes.count) < file.bytes {
            guard let count = work.read(descriptor, into: buffer, path: file.path) else {
                return nil
            }
            if count == 0 { break }
            bytes += buffer[..<min(count, Int(file.bytes) - bytes.count)]
        }
        return bytes
    }

    private func wait(below count: Int) throws(TransportError) {
        while true {
            let (pending, bytes, failure) = work.look()
            if bytes > 0 { progress(bytes) }
            try kept.check()
            if let failure { throw .system(failure) }
            guard !isInterrupted() else { throw .interrupted }
            if pending < count { return }
            work.changed.wait()
        }
    }

    /// What the threads and their caller tell each other.
    private final class Work: Sendable {
        /// Is signalled by each step of a thread.
        let changed = DispatchSemaphore(value: 0)
        private let state = Mutex<
            (pending: Int, bytes: Int64, isStopped: Bool, failure: PosixError?)
        >((0, 0, false, nil))

        func begin() { state.withLock { $0.pending += 1 } }
        func stop() { state.withLock { $0.isStopped = true } }

        func end() {
            state.withLock { $0.pending -= 1 }
            changed.signal()
        }

        /// - Returns: how many bytes that were, 0 at the end, nil where no more is to be read.
        func read(
            _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String
        ) -> Int? {
            guard !state.withLock({ $0.isStopped }) else { return nil }
            defer { changed.signal() }
            do throws(PosixError) {
                let count = try Descriptors.read(descriptor, into: buffer, path: path)
                state.withLock { $0.bytes += Int64(count) }
                return count
            } catch {
                state.withLock { if $0.failure == nil { $0.failure = error } }
                return nil
            }
        }

        /// - Returns: files that are under way, the bytes since the last call, and why a file of the archive could not be read.
        func look() -> (pending: Int, bytes: Int64, failure: PosixError?) {
            state.withLock { state in
                defer { state.bytes = 0 }
                return (state.pending, state.bytes, state.failure)
            }
        }
    }
}
