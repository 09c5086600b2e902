import Posix

/// One open shell; it ends with this object.
package final class ShellLock {
    private let lock: FileLock

    init(_ lock: consuming FileLock) { self.lock = lock }
}

/// Shells that people have open on an environment's instance: while one is, nobody's end stops the instance.
///
/// Each holds a lock on a file of its own, which the kernel releases however it ends.
struct ShellLocks {
    private let folder: String

    /// - Parameter environmentFolder: where the environment keeps things on this machine.
    init(_ environmentFolder: String) { folder = "\(environmentFolder)/shells" }

    func take() throws -> ShellLock {
        try FileSystem.createDirectories(folder)
        guard let lock = try FileLock.tryAcquire("\(folder)/\(RandomID.uuid())") else {
            throw CloudError.noLease
        }
        return ShellLock(lock)
    }

    /// Whether any shell is open; the files of those that ended are removed.
    ///
    /// - Throws: `PosixError` where that cannot be determined.
    func areHeld() throws -> Bool {
        guard try FileSystem.status(folder) != nil else { return false }
        var isHeld = false
        for entry in try FileSystem.entries(of: folder) {
            let path = "\(folder)/\(entry.name)"
            if let lock = try FileLock.tryAcquire(path) {
                // Ours: a file in the folder for such locks, which nobody holds.
                try FileSystem.remove(path)
                _ = consume lock
            } else {
                isHeld = true
            }
        }
        return isHeld
    }
}
