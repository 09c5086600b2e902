import Archive
import DirectoryTransports
import Failures
import Posix
import Processes
import Slots
import Synchronization
import Testing

@testable import PipelineShipping

/// The lock of an environment in an archive that answers, and in one that does not any more.
struct EnvironmentLockTests {
    private static let second: Int64 = 1_000_000_000

    /// Seconds that have passed.
    private final class Steady: Sendable {
        private let seconds = Mutex<Int64>(1000)
        var nanoseconds: Int64 { seconds.withLock { $0 * EnvironmentLockTests.second } }
        func pass(_ more: Int64) { seconds.withLock { $0 += more } }
    }

    private let root =
        (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-lock-\(RandomID.plain())"
    private let steady = Steady()
    /// By way of a link, which can be turned in one step.
    private var folder: String { root + "/link/archive" }
    private var file: String { folder + "/locks/web/.pipeline-lock" }

    private func take() throws -> EnvironmentLock {
        try FileSystem.createDirectories(root + "/disk/archive")
        try FileSystem.symbolicLink(to: root + "/disk", at: root + "/link")
        let record = PlaceLockRecord(
            project: "p", environment: "web", owner: "ann@lab:/p", clone: "c", token: "t",
            takenAt: 0, lifetime: PlaceLock.lifetime)
        return try EnvironmentLock.take(
            "web", by: record,
            at: { [folder] in
                ArchivePlace(name: folder) { name in
                    DirectoryTransport(root: name.isEmpty ? folder : "\(folder)/\(name)")
                }
            }, .failsAtOnce, cancellation: Cancellation(), emit: { _ in },
            timing: .init(steady: { [steady] in steady.nanoseconds }, pauseMs: 5))
    }

    /// Whether the file changes within ten seconds.
    private func isRenewed(after content: [UInt8]) throws -> Bool {
        for _ in 0..<2000 {
            if try FileSystem.read(file) != content { return true }
            _ = try Poll.wait([], timeoutMs: 5)
        }
        return false
    }

    /// Whether the lock is confirmed within ten seconds.
    private func holds(_ lock: EnvironmentLock) throws -> Bool {
        for _ in 0..<2000 {
            do {
                try lock.confirm()
                return true
            } catch { _ = try Poll.wait([], timeoutMs: 5) }
        }
        return false
    }

    @Test(
        "T2: a lock that is renewed lasts; one in an archive that does not answer lasts for its lifetime, and no longer"
    )
    func lifetime() throws {
        defer { try? FileSystem.removeTree(root) }
        let lock = try take()
        try lock.confirm()
        let first = try FileSystem.read(file)
        steady.pass(100)
        #expect(try isRenewed(after: first))
        #expect(try holds(lock))
        steady.pass(100)
        #expect(try holds(lock))

        // From now on nothing can be read or written there.
        try FileSystem.symbolicLink(to: "/dev/null", at: root + "/dead")
        try FileSystem.rename(root + "/dead", to: root + "/link")
        steady.pass(10)
        try lock.confirm()
        steady.pass(PlaceLock.lifetime)
        #expect {
            try lock.confirm()
        } throws: {
            Failure(of: $0).code == "environment-held"
        }
        lock.release()
    }
}
