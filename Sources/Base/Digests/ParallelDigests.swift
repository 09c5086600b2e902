import Dispatch
package import Posix
import Synchronization

extension Digest {
    /// Hashes files on `threads` threads, each taking the next file as it finishes one, and returns
    /// the results in the order of `paths`.
    ///
    /// Blocks the caller; not for a thread of Swift's cooperative pool, which has one per core.
    ///
    /// - Parameter isCancelled: asked once per MiB on any of the threads. Once it answers true, the
    ///   files that are not finished have the error ECANCELED.
    package static func ofFiles(
        _ paths: [String], threads: Int, isCancelled: @Sendable () -> Bool = { false }
    ) -> [Result<FileDigest, PosixError>] {
        let count = max(1, min(threads, paths.count))
        let work = SharedWork(threads: count)
        DispatchQueue.concurrentPerform(iterations: count) { thread in
            var hasher = FileHasher()
            var done: [(Int, Result<FileDigest, PosixError>)] = []
            while let index = work.next(below: paths.count) {
                do throws(PosixError) {
                    done.append(
                        (index, .success(try hasher.hash(paths[index], isCancelled: isCancelled))))
                } catch {
                    done.append((index, .failure(error)))
                }
            }
            work.put(done, of: thread)
        }
        return work.results()
    }
}

/// What the threads share: the next index to take. What each has made lies on a shelf of its own, so
/// that none waits for another.
private final class SharedWork: Sendable {
    private let index = Atomic<Int>(0)
    private let shelves: [Shelf]

    private final class Shelf: Sendable {
        let results = Mutex<[(Int, Result<FileDigest, PosixError>)]>([])
    }

    init(threads: Int) {
        shelves = (0..<threads).map { _ in Shelf() }
    }

    func next(below count: Int) -> Int? {
        let taken = index.wrappingAdd(1, ordering: .relaxed).oldValue
        return taken < count ? taken : nil
    }

    func put(_ results: [(Int, Result<FileDigest, PosixError>)], of thread: Int) {
        shelves[thread].results.withLock { $0 = results }
    }

    /// In the order of the indices, once all threads have ended.
    func results() -> [Result<FileDigest, PosixError>] {
        shelves.flatMap { $0.results.withLock { $0 } }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
