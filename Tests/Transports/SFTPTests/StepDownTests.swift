import Digests
import Posix
import Processes
import Synchronization
import TestServers
import Testing

@testable import SFTP

/// Servers that do not take what a client does for speed: it does without, ends well, and reports it once.
@Suite(.enabled(if: FaultyServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct StepDownTests {
    let scene: UploadScene

    init() throws {
        scene = try UploadScene()
        try FileSystem.createDirectories("\(scene.root)/shared")
    }

    private func client(
        _ faults: [String], knowing limits: Set<ServerLimit> = []
    ) -> (SFTPClient, Found) {
        let found = Found()
        var settings = ClientSettings(
            command: FaultyServer.command(faults + ["log=\(scene.log)"]), host: "test")
        settings.sessions = 3
        settings.retryFor = 20
        settings.stallAfter = 0.4
        settings.limits = limits
        settings.onLimit = { found.add($0) }
        return (SFTPClient(settings), found)
    }

    @Test(
        "D60: a refusal makes it do without what was refused",
        arguments: [
            ("one-open", 0, [ServerLimit.oneFile]), ("one-write", 3_000_000, [.lockStep]),
            ("refuse-posix", 0, []),
        ])
    func refused(_ fault: String, _ large: Int, _ limits: [ServerLimit]) throws {
        var files = try (0..<40).map { try scene.file("f\($0)", bytes: $0 * 900) }
        if large > 0 { files = [try scene.file("large", bytes: large)] }
        let fault = fault == "one-open" ? "one-open=\(scene.root)/shared" : fault
        let (client, found) = client([fault])
        try client.prepare(bytes: 40 << 20, files: 40)
        try scene.send(files, client)
        for file in files { #expect(try scene.isThere(file)) }
        #expect(scene.names.count == files.count)
        #expect(found.all == limits)

        // What is known is kept to from the beginning: nothing is refused, and nothing said again.
        try FileSystem.remove(scene.log)
        let (next, again) = self.client([fault], knowing: Set(limits))
        try scene.send(files, next)
        #expect(again.all == [])
        #expect(try scene.requests().filter { $0[0] == "3" }.count == files.count)
    }

    @Test("D60: several sessions that stall make way for one, and what was acknowledged stays")
    func stalled() throws {
        let files = try (0..<6).map { try scene.file("f\($0)", bytes: 2_000_000) }
        let (client, found) = client(["stall-many=\(scene.root)/shared"])
        try client.prepare(bytes: 100 << 20, files: 40)
        // All of them run before anything is sent.
        while try FileSystem.entries(of: "\(scene.root)/shared").count < 3 {
            _ = try Poll.wait([], timeoutMs: 10)
        }
        try scene.send(files, client)
        client.close()
        for file in files { #expect(try scene.isThere(file)) }
        #expect(found.all == [.oneSession])
        let (next, again) = self.client(
            ["stall-many=\(scene.root)/shared"], knowing: [.oneSession])
        try next.prepare(bytes: 100 << 20, files: 40)
        let start = MonotonicClock.nanoseconds()
        try scene.send(files, next)
        #expect(MonotonicClock.nanoseconds() - start < 5_000_000_000)
        #expect(again.all == [])
    }

    @Test("D60: where a file cannot be continued it begins again")
    func noResume() throws {
        var file = try scene.file("f", bytes: 5_000_000)
        let content = try FileSystem.read("\(scene.root)/f")
        try FileSystem.writeAtomically(content[..<3_000_000], to: "\(scene.there)/.aside-f")
        file.acknowledged = 3_000_000
        let (client, found) = client(["refuse-resume"])
        #expect(client.resumesFiles)
        try scene.send([file], client)
        #expect(try scene.isThere(file))
        #expect(scene.names == ["f"])
        #expect(found.all == [.noResume])
        #expect(!client.resumesFiles)
    }

    @Test("D60: what no limit helps against is an error, and no limit is remembered")
    func hopeless() throws {
        let files = try (0..<5).map { try scene.file("f\($0)", bytes: 2_000_000) }
        let (client, found) = client(["fail-writes-from=3"])
        #expect {
            try scene.send(files, client)
        } throws: {
            guard case .refused("write", _, .failure, _)? = $0 as? SFTPError else { return false }
            return true
        }
        #expect(found.all == [])
    }

    @Test("D60: a stall is seen by what moves, not by what is said; a slow line is none")
    func watch() {
        func run(_ rate: Int64, sessions: Int, seconds: Int = 100, bandwidth: Int64? = nil) -> Int?
        {
            var watch = StallWatch(seconds: 10, bandwidth: bandwidth)
            for second in 0..<seconds {
                let isStalled = watch.isStalled(
                    moved: Int64(second) * rate, isWaiting: true, sessions: sessions,
                    now: Int64(second) * 1_000_000_000)
                if isStalled { return second }
            }
            return nil
        }
        #expect(run(542, sessions: 4) == 10)
        #expect(run(0, sessions: 2) == 10)
        #expect(run(10_000, sessions: 8) == nil)
        #expect(run(100, sessions: 1) == nil)
        #expect(run(0, sessions: 1) == 30)
        // Held back by our own limit.
        #expect(run(1000, sessions: 4, bandwidth: 1000) == nil)
        var idle = StallWatch(seconds: 10)
        for second in 0..<100 {
            let isStalled = idle.isStalled(
                moved: 0, isWaiting: second % 10 != 9, sessions: 4,
                now: Int64(second) * 1_000_000_000)
            #expect(!isStalled)
        }
    }
}

/// The limits that a client told of.
private final class Found: Sendable {
    private let limits = Mutex<[ServerLimit]>([])
    var all: [ServerLimit] { limits.withLock { $0 } }
    func add(_ limit: ServerLimit) { limits.withLock { $0.append(limit) } }
}
