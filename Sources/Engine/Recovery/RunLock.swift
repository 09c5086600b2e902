package import Failures
import PipelineLedger
import Posix

/// One run at a time in a project: an advisory lock (flock(2)) that the kernel frees when its holder
/// ends, however it ends. The lock's file names its holder, for those who wait.
package struct RunLock: ~Copyable {
    private let lock: FileLock

    /// Takes the lock, waiting for its holder if `waits`.
    ///
    /// - Parameter onWait: called once with who holds the lock, before waiting.
    /// - Throws: `Locked` when it is held and `waits` is false, or when `isCancelled` returns true.
    package static func take(
        command: String, waits: Bool, isCancelled: () -> Bool, onWait: (String) -> Void
    ) throws -> RunLock {
        try FileSystem.createDirectories(Project.statePath, mode: 0o700)
        if let lock = try FileLock.tryAcquire(Project.lockPath) { return try mark(lock, command) }
        let holder = holder()
        guard waits else { throw Locked(holder: holder) }
        onWait(holder)
        let lock = try FileLock.acquire(Project.lockPath, intervalMs: 100) { !isCancelled() }
        guard let lock else { throw Locked(holder: holder) }
        return try mark(lock, command)
    }

    /// Runs `body` under the lock, unless somebody else has it.
    package static func ifFree(command: String, _ body: () throws -> Void) throws {
        try FileSystem.createDirectories(Project.statePath, mode: 0o700)
        guard let lock = try FileLock.tryAcquire(Project.lockPath) else { return }
        let held = try mark(lock, command)
        try withExtendedLifetime(held) { _ in try body() }
    }

    private static func mark(_ lock: consuming FileLock, _ command: String) throws -> RunLock {
        let user = Host.userName
        try lock.write(
            "\"\(command)\" of \(user) on \(Host.name), process \(Host.processID), "
                + "since \(Timestamp.now().iso8601)\n")
        return RunLock(lock: lock)
    }

    /// Who holds the lock, by its file.
    package static func holder() -> String {
        let text = (try? FileSystem.readText(Project.lockPath)) ?? ""  // try?: it is only told
        return text.isEmpty ? "another process" : String(text.prefix { $0 != "\n" })
    }
}

package struct Locked: Explained {
    package let holder: String

    package var description: String { failure.text }

    package var failure: Failure {
        Failure(
            "locked", "another run holds this project: \(holder)",
            next: "wait for it, or end it", run: "pipeline stop")
    }
}
