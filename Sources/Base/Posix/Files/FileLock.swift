import CPosix
import Glibc

/// A lock on a file that only one open descriptor can hold (flock(2)); the kernel releases it when the
/// holder ends, however it ends. The file stays: removing it would let two processes hold "the" lock.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String

    deinit {
        // Closing alone would leave the lock to a child that another thread is starting, until it has begun
        // its program and with that closed its copy of the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock, making the file (0600) when it is missing; nil when somebody else holds it.
    package static func tryAcquire(_ path: String) throws(PosixError) -> FileLock? {
        while true {
            let lock = FileLock(
                descriptor: try FileSystem.open(path, O_RDWR | O_CREAT, mode: 0o600), path: path)
            do {
                _ = try systemCall("flock", path) { flock(lock.descriptor, LOCK_EX | LOCK_NB) }
            } catch  where error.code == EWOULDBLOCK {
                return nil
            }
            if try lock.isStillAtPath() { return lock }
        }
    }

    /// Takes the lock, asking `keepWaiting` before each further try, which comes after `intervalMs`
    /// milliseconds; nil when it says no.
    package static func acquire(
        _ path: String, intervalMs: Int = 50, while keepWaiting: () -> Bool
    ) throws(PosixError) -> FileLock? {
        while true {
            if let lock = try tryAcquire(path) { return lock }
            guard keepWaiting() else { return nil }
            _ = try Poll.wait([], timeoutMs: intervalMs)
        }
    }

    /// Replaces the text of the file: who holds the lock, for those who find it taken.
    package func write(_ text: String) throws(PosixError) {
        let bytes = Array(text.utf8)
        _ = try systemCall("ftruncate", path) { ftruncate(descriptor, 0) }
        _ = try systemCall("lseek", path) { lseek(descriptor, 0, SEEK_SET) }
        try Descriptors.write(bytes, to: descriptor, path: path)
    }

    // Somebody may have removed the file between the opening and the locking of it.
    private func isStillAtPath() throws(PosixError) -> Bool {
        var own = stat()
        _ = try systemCall("fstat", path) { fstat(descriptor, &own) }
        let there = try FileSystem.status(path)
        return there?.inode == UInt64(own.st_ino) && there?.device == UInt64(own.st_dev)
    }
}
