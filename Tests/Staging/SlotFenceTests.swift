import Digests
import DirectoryTransports
import Posix
import Slots
import Testing

/// A filling that sleeps while another one takes its slot writes nothing more.
@Suite(.timeLimit(.minutes(1))) struct SlotFenceTests {
    private let scratch: ScratchFolder
    private let first: DataSet
    private let second: DataSet

    init() throws {
        scratch = try ScratchFolder()
        first = try DataSet(["a": "first", "b/c": "1st", "b/d": "one"])
        second = try DataSet(["a": "second", "b/c": "2", "e": "two"])
        try first.store(in: scratch)
        try second.store(in: scratch)
    }

    private var route: DirectoryTransport { DirectoryTransport(root: "\(scratch.path)/slot") }

    private func other() throws {
        try SlotWriter(route: route).fill(
            with: second.manifest, marker: second.marker(release: 2, generation: 9),
            token: "other", source: scratch.source)
    }

    private func expectOthers() throws {
        var files = try scratch.files(below: "slot")
        #expect(files.removeValue(forKey: SlotMarker.fileName) != nil)
        #expect(files == second.files)
        #expect(try route.marker() == second.marker(release: 2, generation: 9))
    }

    @Test("it notices before the next file, and before the marker", arguments: 1...3)
    func beforeAFile(number: Int) throws {
        var writer = SlotWriter(route: route)
        writer.batchNs = 0
        var hasSlept = false
        writer.onProgress = { progress in
            guard !hasSlept, progress.filesDone == number else { return }
            hasSlept = true
            #expect(throws: Never.self) { try other() }
        }
        #expect {
            try writer.fill(
                with: first.manifest, marker: first.marker(), token: "mine", source: scratch.source)
        } throws: { error in
            guard case .overtaken(nil, let sent, 0)? = error as? SlotWriterError else {
                return false
            }
            return sent == number
        }
        try expectOthers()
    }

    @Test("it notices before it deletes, also where nothing is left to send")
    func beforeDeleting() throws {
        try other()
        var writer = SlotWriter(route: route)
        writer.batchNs = .max / 2
        var hasSlept = false
        writer.onProgress = { progress in
            guard !hasSlept, progress.filesDone == first.files.count else { return }
            hasSlept = true
            #expect(throws: Never.self) { try other() }
        }
        #expect {
            try writer.fill(
                with: first.manifest, marker: first.marker(), token: "mine", source: scratch.source)
        } throws: { error in
            guard case .overtaken(nil, _, 0)? = error as? SlotWriterError else { return false }
            return true
        }
        #expect(hasSlept)
        // "e" is not of the first set: it would have been deleted.
        try expectOthers()
    }

    private func locked(_ now: @escaping () -> Int64) throws -> PlaceLock {
        let lock = PlaceLock(
            DirectoryTransport(root: scratch.path),
            PlaceLockRecord(
                project: "p", environment: "e", owner: "me", clone: "a", token: "lock", takenAt: 0,
                lifetime: PlaceLock.lifetime),
            clock: .init(wall: { now() / 1_000_000_000 }, steady: now, wait: { _ in true }))
        try lock.take(.failsAtOnce, waitsFor: { _ in })
        return lock
    }

    @Test("one that sleeps within a batch gives the next file no name", arguments: [true, false])
    func withinABatch(isTaken: Bool) throws {
        var now: Int64 = 1_000_000_000
        var writer = SlotWriter(route: route)
        writer.batchNs = .max / 2
        writer.clock = { now }
        writer.lock = try locked { now }
        var hasSlept = false
        writer.onProgress = { progress in
            guard !hasSlept, progress.filesDone == 1 else { return }
            hasSlept = true
            now += 1_000_000_000_000
            guard isTaken else { return }
            #expect(throws: Never.self) { try other() }
        }
        func fill() throws {
            try writer.fill(
                with: first.manifest, marker: first.marker(), token: "mine", source: scratch.source)
        }
        if isTaken {
            #expect {
                try fill()
            } throws: {
                guard case .overtaken(nil, 1, 0)? = $0 as? SlotWriterError else { return false }
                return true
            }
            try expectOthers()
        } else {
            // Nobody else came: it goes on.
            try fill()
            #expect(try route.marker() == first.marker())
            #expect(try SlotWriter(route: route).check(against: first.manifest).isEmpty)
        }
    }

    @Test("a lock that another has by now ends the filling, whatever the slot says")
    func lockLost() throws {
        var writer = SlotWriter(route: route)
        writer.batchNs = 0
        // The clock of the lock: by another one its time is over before a file is sent, again and again.
        writer.clock = { 1_000_000_000 }
        writer.lock = try locked { 1_000_000_000 }
        writer.onProgress = { progress in
            guard progress.filesDone == 1 else { return }
            #expect(throws: Never.self) {
                try FileSystem.remove("\(scratch.path)/\(PlaceLock.fileName)")
            }
        }
        #expect {
            try writer.fill(
                with: first.manifest, marker: first.marker(), token: "mine", source: scratch.source)
        } throws: {
            guard case .overtaken(nil, 1, 0)? = $0 as? SlotWriterError else { return false }
            return true
        }
        #expect(try route.marker() == nil)
    }

    @Test("it notices after what was sent was read back, and writes no marker")
    func beforeTheMarker() throws {
        var writer = SlotWriter(route: route)
        writer.verification = .full
        var hasSlept = false
        writer.onProgress = { progress in
            guard progress.phase == .verifying, progress.bytesDone == progress.bytesTotal else {
                return
            }
            hasSlept = true
            #expect(throws: Never.self) { try other() }
        }
        #expect {
            try writer.fill(
                with: first.manifest, marker: first.marker(), token: "mine", source: scratch.source)
        } throws: {
            guard case .overtaken? = $0 as? SlotWriterError else { return false }
            return true
        }
        #expect(hasSlept)
        try expectOthers()
    }
}
