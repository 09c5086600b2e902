import DirectoryTransports
import Posix
import Testing

@testable import Slots

/// Fills a slot with one release over another and is killed after every possible number of operations.
@Suite struct SlotKillTests {
    @Test(arguments: [true, false], [true, false])
    func aMarkerAlwaysTellsTheTruth(_ readsCheaply: Bool, _ hasJournal: Bool) throws {
        var operations = 0
        while try diesAndRecovers(after: operations, readsCheaply, hasJournal) { operations += 1 }
        // Listing, marker, puts of two steps, deletes, folders, listing, marker.
        #expect(operations > 20)
    }

    /// False once so many operations are enough to finish.
    private func diesAndRecovers(
        after operations: Int, _ readsCheaply: Bool, _ hasJournal: Bool
    ) throws -> Bool {
        let scratch = try ScratchFolder()
        let old = try DataSet(["a": "1", "b/c": "22", "b/d": "333", "e": "4", "f/g/h": "x"])
        let new = try DataSet([
            "a": "1", "b/c": "two", "e/i": "5", "f": "file", "j": "9", "b/k": "z",
        ])
        try old.store(in: scratch)
        try new.store(in: scratch)
        let route = DirectoryTransport(root: "\(scratch.path)/slot")
        try SlotWriter(route: route)
            .fill(with: old.manifest, marker: old.marker(), source: scratch.source)

        let dying = DyingTransport(route, scratch, dyingAfter: operations)
        dying.readsCheaply = readsCheaply
        let filled = FilledSlot(manifest: old.manifest, generation: 1)
        var sent: [String] = []
        func fill(_ route: any Transport) throws(SlotWriterError) {
            var writer = SlotWriter(route: route)
            if hasJournal { writer.journal = SlotJournal(path: "\(scratch.path)/journal") }
            writer.manifest = { $0 == old.manifest.digest ? old.manifest : nil }
            try writer.fill(
                with: new.manifest, marker: new.marker(release: 2, generation: 2), after: filled,
                token: "token\(ObjectIdentifier(route).hashValue)",
                source: {
                    sent.append($0.path.text)
                    return scratch.source($0)
                })
        }
        var wasKilled = false
        do throws(SlotWriterError) { try fill(dying) } catch {
            guard case .route(DyingTransport.killed) = error else { throw error }
            wasKilled = true
        }

        try expectTruth(scratch, [old, new], "after \(operations) operations")
        if wasKilled {
            let again = DyingTransport(DirectoryTransport(root: "\(scratch.path)/slot"), scratch)
            again.readsCheaply = readsCheaply
            try fill(again)
        }
        // Five files differ. With a journal at most the one in flight is sent twice.
        if hasJournal || readsCheaply {
            #expect(Set(sent) == ["b/c", "b/k", "e/i", "f", "j"], "after \(operations) operations")
            #expect(sent.count <= 6, "after \(operations) operations")
        }
        var files = try scratch.files(below: "slot")
        #expect(files.removeValue(forKey: SlotMarker.fileName) != nil)
        #expect(files == new.files, "after \(operations) operations and another run")
        return wasKilled
    }

    private func expectTruth(
        _ scratch: ScratchFolder, _ releases: [DataSet], _ comment: Comment
    ) throws {
        var files = try scratch.files(below: "slot")
        files[SlotNames.filling] = nil
        guard let text = files.removeValue(forKey: SlotMarker.fileName) else { return }
        let marker = try #require(SlotMarker(decoding: Array(text.utf8)), comment)
        let release = try #require(
            releases.first { $0.manifest.digest == marker.manifest }, comment)
        #expect(files == release.files, comment)
    }

    @Test("killed twice, anywhere, a file of the same size is never taken for the new one")
    func killedTwice() throws {
        var (first, kills) = (0, 0)
        while try endingFill([first, 0]) > 0 {
            var second = 0
            while try endingFill([first, second]) == 2 { second += 1 }
            kills += second
            first += 1
        }
        #expect(kills > 100)
    }

    @Test("killed between the note of a file and its name, and once more: the note is not believed")
    func cutBeforeItsName() throws {
        var (limit, wasCut) = (0, true)
        while wasCut {
            wasCut = try endsRight(afterCutAnd: limit)
            limit += 1
        }
        #expect(limit > 6)
    }

    @Test(
        "killed, or cut off from power, and filled with what was there before: no file is taken for another",
        arguments: Way.allCases, [true, false])
    func back(_ way: Way, _ readsCheaply: Bool) throws {
        for isPowerCut in [false, true] {
            var (limit, wasKilled) = (0, true)
            while wasKilled {
                wasKilled = try comesBack(afterKillAt: limit, way, readsCheaply, isPowerCut)
                limit += 1
            }
            // Listing, folders, token, files, synchronising, listing, marker.
            #expect(limit > 8)
        }
    }

    /// How files get into the slot; the first two from another slot.
    enum Way: CaseIterable { case linked, copied, sent }

    /// A filling with files of the same sizes is killed; then the slot is filled with what it held before.
    ///
    /// - Parameter isPowerCut: whether the notes of what was placed are lost, which are not synchronised.
    /// - Returns: whether it was killed.
    private func comesBack(
        afterKillAt limit: Int, _ way: Way, _ readsCheaply: Bool, _ isPowerCut: Bool
    ) throws -> Bool {
        let scratch = try ScratchFolder()
        let old = try DataSet(["a": "111", "b/c": "222", "d": "4"])
        let new = try DataSet(["a": "one", "b/c": "two", "e": "5"])
        try old.store(in: scratch)
        try new.store(in: scratch)
        let route = DirectoryTransport(root: "\(scratch.path)/slot")
        let other = DirectoryTransport(root: "\(scratch.path)/other")
        try SlotWriter(route: route)
            .fill(with: old.manifest, marker: old.marker(), source: scratch.source)
        try SlotWriter(route: other)
            .fill(with: new.manifest, marker: new.marker(), source: scratch.source)
        var wasKilled = false
        for (number, target) in [new, old].enumerated() {
            let dying = DyingTransport(route, scratch, dyingAfter: number == 0 ? limit : .max)
            dying.links = way == .linked
            dying.readsCheaply = readsCheaply
            var writer = SlotWriter(route: dying)
            writer.journal = SlotJournal(path: "\(scratch.path)/journal")
            writer.manifest = { $0 == old.manifest.digest ? old.manifest : nil }
            if way != .sent { writer.siblings = [(other, SlotContent(new.manifest))] }
            var filled = FilledSlot(manifest: old.manifest, generation: 1)
            if number == 1, !wasKilled {
                filled = FilledSlot(manifest: new.manifest, generation: 2)
            }
            do throws(SlotWriterError) {
                try writer.fill(
                    with: target.manifest, marker: target.marker(generation: number + 2),
                    after: filled, token: "token\(number)", source: scratch.source)
            } catch {
                guard case .route(DyingTransport.killed) = error else { throw error }
                wasKilled = true
            }
            if isPowerCut, wasKilled, number == 0 {
                _ = try scratch.shell("test ! -e journal || sed -i '/^file /d' journal")
            }
        }
        var files = try scratch.files(below: "slot")
        #expect(files.removeValue(forKey: SlotMarker.fileName) != nil)
        #expect(files == old.files, "killed after \(limit) operations")
        return wasKilled
    }

    /// A slot whose file lies there under its temporary name and has been noted as placed; then a filling that is killed after
    /// so many operations, and one that is not.
    ///
    /// - Returns: whether the second was killed.
    private func endsRight(afterCutAnd limit: Int) throws -> Bool {
        let scratch = try ScratchFolder()
        let old = try DataSet(["a": "111", "b": "2"])
        let new = try DataSet(["a": "one", "b": "2"])
        try old.store(in: scratch)
        try new.store(in: scratch)
        let route = DirectoryTransport(root: "\(scratch.path)/slot")
        try SlotWriter(route: route)
            .fill(with: old.manifest, marker: old.marker(), source: scratch.source)
        let entry = try #require(new.manifest.entries.first)
        let journal = SlotJournal(path: "\(scratch.path)/journal")
        try journal.begin(token: "first", baseline: old.manifest.digest)
        try route.beginFilling("first")
        try scratch.write("on", to: "slot/\(SlotNames.aside(for: entry))")
        journal.note(placing: entry)

        var wasKilled = false
        for limit in [limit, .max] {
            let dying = DyingTransport(route, scratch, dyingAfter: limit)
            dying.readsCheaply = false
            var writer = SlotWriter(route: dying)
            writer.journal = SlotJournal(path: "\(scratch.path)/journal")
            writer.manifest = { $0 == old.manifest.digest ? old.manifest : nil }
            do throws(SlotWriterError) {
                try writer.fill(
                    with: new.manifest, marker: new.marker(generation: 2),
                    after: FilledSlot(manifest: old.manifest, generation: 1), token: "next",
                    source: scratch.source)
            } catch {
                guard case .route(DyingTransport.killed) = error else { throw error }
                wasKilled = true
            }
        }
        var files = try scratch.files(below: "slot")
        #expect(files.removeValue(forKey: SlotMarker.fileName) != nil)
        #expect(files == new.files, "killed after \(limit) operations")
        return wasKilled
    }

    /// Fills a slot and is killed after each of these numbers of operations, then fills it to the end.
    ///
    /// - Returns: which of the fillings came to its end.
    private func endingFill(_ limits: [Int]) throws -> Int {
        let scratch = try ScratchFolder()
        let old = try DataSet(["a": "111", "b/c": "222"])
        let new = try DataSet(["a": "one", "b/c": "two", "d": "3"])
        try old.store(in: scratch)
        try new.store(in: scratch)
        let route = DirectoryTransport(root: "\(scratch.path)/slot")
        try SlotWriter(route: route)
            .fill(with: old.manifest, marker: old.marker(), source: scratch.source)
        let filled = FilledSlot(manifest: old.manifest, generation: 1)
        for (number, limit) in (limits + [.max]).enumerated() {
            let dying = DyingTransport(route, scratch, dyingAfter: limit)
            dying.readsCheaply = false
            var writer = SlotWriter(route: dying)
            writer.journal = SlotJournal(path: "\(scratch.path)/journal")
            writer.manifest = { $0 == old.manifest.digest ? old.manifest : nil }
            do throws(SlotWriterError) {
                try writer.fill(
                    with: new.manifest, marker: new.marker(generation: 2), after: filled,
                    token: "token\(number)", source: scratch.source)
            } catch {
                guard case .route(DyingTransport.killed) = error else { throw error }
                continue
            }
            var files = try scratch.files(below: "slot")
            #expect(files.removeValue(forKey: SlotMarker.fileName) != nil)
            #expect(files == new.files, "killed after \(limits) operations")
            return number
        }
        Issue.record("it never came to its end")
        return limits.count
    }
}
