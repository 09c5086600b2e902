import DirectoryTransports
import Failures
import Posix
import Slots
import Testing

/// The lock file beside the slots, between clones that have clocks of their own.
@Suite struct PlaceLockTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A clone's own time, and its lock.
    private final class Clone {
        var wall: Int64
        var steady: Int64 = 1_000_000_000
        /// Called at each wait.
        var meanwhile: () -> Void = {}
        private(set) var lock: PlaceLock?
        let route: DirectoryTransport

        init(
            _ scratch: ScratchFolder, _ name: String, owner: String? = nil, wall: Int64 = 10_000
        ) throws {
            self.wall = wall
            route = DirectoryTransport(root: scratch.path)
            let record = PlaceLockRecord(
                project: "p", environment: "e", owner: owner ?? "me@host:/\(name)", clone: name,
                token: "token-\(name)-\(UInt64.random(in: 0 ... .max))", takenAt: 0,
                lifetime: PlaceLock.lifetime)
            lock = PlaceLock(
                route, record,
                clock: .init(
                    wall: { [unowned self] in self.wall },
                    steady: { [unowned self] in self.steady },
                    wait: { [unowned self] milliseconds in
                        self.pass(Int64(milliseconds))
                        self.meanwhile()
                        return true
                    }))
        }

        func pass(_ milliseconds: Int64) {
            steady += milliseconds * 1_000_000
            wall += milliseconds / 1000
        }

        func take(_ patience: PlaceLock.Patience) throws -> [String] {
            var waited: [String] = []
            try lock?.take(patience, waitsFor: { waited.append($0?.owner ?? "?") })
            return waited
        }
    }

    private var isThere: Bool {
        get throws { try FileSystem.status("\(scratch.path)/\(PlaceLock.fileName)") != nil }
    }

    @Test("one clone has it; another waits, and learns who that is, until it is let go of")
    func waits() throws {
        let (first, second) = (try Clone(scratch, "a"), try Clone(scratch, "b"))
        #expect(try first.take(.waits) == [])
        var rounds = 0
        second.meanwhile = {
            rounds += 1
            if rounds == 3 { try? first.lock?.release() }
        }
        #expect(try second.take(.waits) == ["me@host:/a"])
        #expect(rounds == 3)
        #expect(throws: TransportError.overtaken(by: "me@host:/b")) { try first.lock?.confirm() }
        #expect(try isThere)
        try first.lock?.release()
        #expect(try isThere, "another's stays")
        try second.lock?.release()
        #expect(try !isThere)
    }

    @Test(
        "of two that take the same lock from its holder one has it: the other's was removed before it went on"
    )
    func takenTwice() throws {
        let clones = try ["a", "b", "c"].map { try Clone(scratch, $0) }
        _ = try clones[0].take(.waits)
        var rounds = 0
        clones[1].meanwhile = {
            rounds += 1
            guard rounds == 1 else { return }
            // The third saw the first one's lock, and removes by now what has its name.
            #expect(throws: Never.self) {
                try clones[1].route.removeOwn(PlaceLock.fileName)
                _ = try clones[2].take(.waits)
            }
        }
        #expect {
            try clones[1].take(.takes)
        } throws: {
            ($0 as? PlaceLockError)?.failure.headline.contains("me@host:/c") == true
        }
        try clones[2].lock?.confirm()
        #expect(rounds == 1)
    }

    @Test("without patience it fails at once, and says who has it")
    func atOnce() throws {
        let (first, second) = (try Clone(scratch, "a"), try Clone(scratch, "b"))
        _ = try first.take(.waits)
        #expect {
            try second.take(.failsAtOnce)
        } throws: {
            ($0 as? PlaceLockError)?.failure.headline.contains("me@host:/a") == true
        }
        try first.lock?.confirm()
    }

    @Test(
        "a lock that is renewed is never taken, whatever the other clock says",
        arguments: [Int64(0), 1_000_000, -1_000_000])
    func renewed(skew: Int64) throws {
        let (first, second) = (
            try Clone(scratch, "a"), try Clone(scratch, "b", wall: 10_000 + skew)
        )
        _ = try first.take(.waits)
        var rounds = 0
        second.meanwhile = {
            first.pass(1000)
            rounds += 1
            // It confirms before each batch of a few seconds.
            if rounds % 4 == 0 { #expect(throws: Never.self) { try first.lock?.confirm() } }
            if rounds == 600 { try? first.lock?.release() }
        }
        _ = try second.take(.waits)
        #expect(rounds == 600)
    }

    @Test("a lock that is not renewed is taken after its lifetime, by the watcher's own clock")
    func leftBehind() throws {
        let (first, second) = (try Clone(scratch, "a"), try Clone(scratch, "b", wall: 0))
        _ = try first.take(.waits)
        var rounds = 0
        second.meanwhile = { rounds += 1 }
        _ = try second.take(.waits)
        #expect(rounds >= Int(PlaceLock.lifetime) && rounds < Int(PlaceLock.lifetime) + 5)
        #expect(throws: TransportError.overtaken(by: "me@host:/b")) { try first.lock?.confirm() }
    }

    @Test("one that ended long ago by both clocks is watched for as long as renewals take")
    func longAgo() throws {
        let (first, second) = (try Clone(scratch, "a"), try Clone(scratch, "b", wall: 100_000))
        _ = try first.take(.waits)
        var rounds = 0
        second.meanwhile = { rounds += 1 }
        _ = try second.take(.waits)
        #expect((75...78).contains(rounds))
    }

    @Test("the same clone goes on at once; a copy of it, with the same id, does not")
    func formerSelf() throws {
        let first = try Clone(scratch, "a")
        _ = try first.take(.waits)
        #expect(throws: PlaceLockError.self) {
            try Clone(scratch, "a", owner: "me@host:/copy").take(.failsAtOnce)
        }
        let again = try Clone(scratch, "a")
        _ = try again.take(.failsAtOnce)
        #expect(throws: TransportError.self) { try first.lock?.confirm() }
        try again.lock?.confirm()
    }

    @Test("it is taken from another where that is asked for")
    func taken() throws {
        let (first, second) = (try Clone(scratch, "a"), try Clone(scratch, "b"))
        _ = try first.take(.waits)
        _ = try second.take(.takes)
        try second.lock?.confirm()
        #expect(throws: TransportError.overtaken(by: "me@host:/b")) { try first.lock?.confirm() }
    }

    @Test("a lock of a newer version is never taken; a damaged one ends like any other")
    func unreadable() throws {
        let clone = try Clone(scratch, "a")
        try scratch.write("{\"format\": 2}", to: PlaceLock.fileName)
        for patience in [PlaceLock.Patience.waits, .takes] {
            #expect(throws: PlaceLockError.self) { try clone.take(patience) }
        }
        #expect(try isThere)
        try scratch.write("{\"form", to: PlaceLock.fileName)
        _ = try clone.take(.waits)
        try clone.lock?.confirm()
    }

    @Test("a large file on its way is waited for longer, and half of a lifetime renews")
    func lifetimes() throws {
        let clone = try Clone(scratch, "a")
        _ = try clone.take(.waits)
        let end = try #require(try clone.lock?.confirm(forAtLeast: 1000))
        #expect(end - clone.steady == 1_000_000_000_000)
        let before = try clone.route.readOwn(PlaceLock.fileName)
        clone.pass(100_000)
        try clone.lock?.confirm()
        #expect(try clone.route.readOwn(PlaceLock.fileName) == before)
        clone.pass(500_000)
        try clone.lock?.confirm()
        #expect(try clone.route.readOwn(PlaceLock.fileName) != before)
    }

    @Test("a place that refuses the file is reported as that")
    func refused() throws {
        let route = DyingTransport(DirectoryTransport(root: scratch.path), scratch)
        let lock = PlaceLock(
            route,
            PlaceLockRecord(
                project: "p", environment: "e", owner: "me", clone: "a", token: "t", takenAt: 0,
                lifetime: PlaceLock.lifetime),
            clock: .init(wall: { 0 }, steady: { 0 }, wait: { _ in true }))
        #expect(throws: PlaceLockError.cannotBeMade) { try lock.take(.waits, waitsFor: { _ in }) }
    }
}
