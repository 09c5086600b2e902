import Archive
import ArchiveHistory
import Digests
import DirectoryTransports
import Failures
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix
import Slots
import Testing

/// What one clone adds, another finds and fetches; what is damaged or cut off is not there.
struct ExchangeTests {
    private let archive: ScratchArchive
    private let large = String(repeating: "0123456789", count: 200_000)

    init() throws { archive = try ScratchArchive() }

    @Test("T1: results and contents of one clone are read and fetched by another")
    func exchanged() throws {
        let a = try archive.clone("a")
        let b = try archive.clone("b")
        try a.send(["one", "two", large])
        #expect(try archive.files("packs").count == 1, "small contents share a pack")
        #expect(try b.read().read == 1)
        #expect(try b.units() == Set(["one", "two", large].map(ScratchArchive.output)))
        let arrived = try b.fetch(["one", "two", large])
        #expect(arrived == Set(["one", "two", large].map { Digest.of($0) }))
        #expect(try b.store.verified(Digest.of(large)) != nil)
        let again = try b.read()
        #expect(again.read == 0 && again.findings.isEmpty)
    }

    @Test("clones write side by side, each its own series")
    func sideBySide() throws {
        let a = try archive.clone("a")
        let b = try archive.clone("b")
        let reader = try archive.clone("c")
        for round in 1...3 {
            try a.send(["a\(round)"])
            try b.send(["b\(round)"])
        }
        #expect(try reader.read().read == 6)
        let names = try reader.reader.archiveSegments(ScratchArchive.id).map(\.name.number)
        #expect(names == [1, 2, 3, 1, 2, 3])
    }

    @Test("a content that is damaged there does not arrive, and the others do")
    func damaged() throws {
        let a = try archive.clone("a")
        try a.send(["one", "two", large])
        let b = try archive.clone("b")
        try b.read()
        for file in try archive.files("packs") {
            var bytes = try FileSystem.read(file, limit: 1 << 20)
            bytes[0] ^= 0xFF
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(bytes, to: file)
        }
        let arrived = try b.fetch(["one", "two", large])
        #expect(arrived.count == 2 && arrived.contains(Digest.of(large)))
        let lost = try #require(["one", "two"].first { !arrived.contains(Digest.of($0)) })
        #expect(try !b.store.contains(Digest.of(lost)))
    }

    @Test(
        "T1: files that the disk does not give keep no other away, and are named; a place without its mark gives none"
    )
    func unreadable() throws {
        _ = try archive.place.make(project: "p", id: ScratchArchive.id)
        let texts = (0..<9).map { large + "\($0)" }
        let a = try archive.clone("a")
        try a.send(texts)
        let b = try archive.clone("b")
        try b.read()
        let objects = try b.reader.archivedObjects(
            texts.map { Digest.of($0) }, in: ScratchArchive.id)
        let bad = Set([objects[0], objects[1], objects[7]].map(\.path))
        let place = ArchivePlace(name: "place") { [folder = archive.folder] name in
            RefusingTransport(DirectoryTransport(root: "\(folder)/\(name)"), unreadable: bad)
        }
        var named: Set<String> = []
        func fetch() throws -> Set<Digest> {
            try ObjectFetching(place: place, store: b.store).fetch(
                objects, progress: { _ in }, unreadable: { path, _ in named.insert(path) },
                isInterrupted: { false })
        }
        let arrived = try fetch()
        #expect(arrived == Set(objects.filter { !bad.contains($0.path) }.map(\.digest)))
        #expect(named == bad)
        try FileSystem.remove("\(archive.folder)/\(ArchivePlace.markName)")
        #expect(throws: ArchiveError.self) { try fetch() }
    }

    @Test("a content that is gone, too short or too long there does not arrive")
    func sizes() throws {
        let a = try archive.clone("a")
        try a.send([large])
        let b = try archive.clone("b")
        try b.read()
        let folder = try #require(try archive.files("objects").first)
        let file = "\(folder)/\(try FileSystem.entries(of: folder)[0].name)"
        let bytes = try FileSystem.read(file, limit: 1 << 22)
        for other in [Array(bytes.dropLast()), bytes + [0], []] {
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(other, to: file)
            #expect(try b.fetch([large]) == [])
        }
        try FileSystem.remove(file)
        #expect(try b.fetch([large]) == [])
        try FileSystem.writeAtomically(bytes, to: file)
        #expect(try b.fetch([large]) == [Digest.of(large)])
    }

    @Test("an interrupted fetching leaves nothing behind that is not whole")
    func interrupted() throws {
        let a = try archive.clone("a")
        let texts = (1...6).map { "\($0)" + large }
        try a.send(texts)
        let b = try archive.clone("b")
        try b.read()
        let found = try b.reader.archivedObjects(
            texts.map { Digest.of($0) }, in: ScratchArchive.id)
        var bytes: Int64 = 0
        #expect(throws: TransportError.interrupted) {
            try ObjectFetching(place: archive.place, store: b.store).fetch(
                found, progress: { bytes += $0 }, isInterrupted: { bytes > 0 })
        }
        #expect(bytes > 0)
        let kept = try FileSystem.entries(of: b.store.root).flatMap { folder in
            try FileSystem.entries(of: "\(b.store.root)/\(folder.name)").map {
                folder.name + $0.name
            }
        }
        // What is there has its name, and is what its name says.
        let whole = try texts.map { Digest.of($0) }.filter { try b.store.verified($0) != nil }
        #expect(Set(kept) == Set(whole.map(\.hex)))
        #expect(try b.fetch(texts).count == 6)
    }

    @Test("a content that the store has lost or damaged is left out, with the results that need it")
    func lackingHere() throws {
        let a = try archive.clone("a")
        for text in ["small", large] {
            let digest = try a.store.keep(Array(text.utf8))
            let path = a.store.path(of: digest)
            try FileSystem.changeMode(path, to: 0o644)
            try FileSystem.writeAtomically(Array("other".utf8), to: path)
        }
        let sent = try a.send(["small", large, "whole"])
        #expect(sent.lacking == [Digest.of("small"), Digest.of(large)])
        let b = try archive.clone("b")
        try b.read()
        #expect(try b.units() == [ScratchArchive.output("whole")])
    }

    @Test(
        "what was sent and not named before a kill is sent again, and a segment counts only when it is whole"
    )
    func killed() throws {
        let a = try archive.clone("a")
        try a.send(["one", large])
        let history = try #require(try archive.files("history").first)
        let whole = try FileSystem.read(history, limit: 1 << 20)
        try FileSystem.remove(history)
        let b = try archive.clone("b")
        #expect(try b.read().read == 0)
        for length in [0, 1, whole.count / 2, whole.count - 1] {
            try FileSystem.writeAtomically(Array(whole.prefix(length)), to: history)
            let outcome = try b.read()
            #expect(outcome.read == 0 && outcome.findings.count == 1, "\(length) bytes")
            #expect(try b.units() == [])
            try FileSystem.remove(history)
        }
        try FileSystem.writeAtomically(whole, to: history)
        let outcome = try b.read()
        #expect(outcome.read == 1 && outcome.findings.isEmpty)
    }

    @Test("a byte that was flipped in a segment is found, and nothing of the segment is used")
    func flipped() throws {
        let a = try archive.clone("a")
        try a.send(["one"])
        let file = try #require(try archive.files("history").first)
        let whole = try FileSystem.read(file, limit: 1 << 20)
        for _ in 0..<200 {
            var bytes = whole
            bytes[Int.random(in: bytes.indices)] ^= UInt8(1 << Int.random(in: 0..<8))
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(bytes, to: file)
            let b = try archive.clone("b")
            let outcome = try b.read()
            #expect(outcome.read == 0)
            #expect(outcome.findings.first?.code == "archive-segment")
            #expect(try b.units() == [])
        }
    }

    @Test("a segment that vanished, or became another, is reported by those who have read it")
    func vanished() throws {
        let a = try archive.clone("a")
        try a.send(["one"])
        let b = try archive.clone("b")
        try b.read()
        let file = try #require(try archive.files("history").first)
        let whole = try FileSystem.read(file, limit: 1 << 20)
        try FileSystem.remove(file)
        #expect(try b.read().findings.map(\.code) == ["archive-segment"])
        try FileSystem.writeAtomically(whole + [10], to: file)
        #expect(try b.read().findings.map(\.code) == ["archive-segment"])
    }

    @Test("what follows a segment that is missing is not used")
    func gap() throws {
        let a = try archive.clone("a")
        try a.send(["one"])
        try a.send(["two"])
        try a.send(["three"])
        let files = try archive.files("history")
        try FileSystem.remove(files[1])
        let b = try archive.clone("b")
        let outcome = try b.read()
        #expect(outcome.read == 1 && outcome.findings.count == 1)
        #expect(try b.units() == [ScratchArchive.output("one")])
    }

    @Test("a clone that was copied continues its series twice, and both are read")
    func fork() throws {
        let a = try archive.clone("a")
        let copy = try archive.clone("a")
        try a.send(["one"])
        try copy.send(["two"])
        let b = try archive.clone("b")
        #expect(try b.read().read == 2)
        #expect(try b.units() == Set(["one", "two"].map(ScratchArchive.output)))
        #expect(try a.read().read == 1)
        try a.send(["three"])
        #expect(try b.read().read == 1)
    }

    @Test("a segment of another archive does not count")
    func otherArchive() throws {
        let a = try archive.clone("a")
        var segment = HistorySegment(head: Samples.head)
        segment.head.archive = "other"
        segment.results = [Samples.result("compile/x", outputs: [])]
        segment.sets = [Samples.set]
        try a.send(segment, [:])
        let b = try archive.clone("b")
        #expect(try b.read().read == 0)
    }

    @Test(
        "results of another platform are not offered, nor of another library to what is not portable"
    )
    func platforms() throws {
        let a = try archive.clone("a")
        try a.send(["one"])
        let b = try archive.clone("b")
        try b.read()
        func count(_ change: (inout Platform) -> Void, isPortable: Bool) throws -> Int {
            var platform = Samples.head.platform
            change(&platform)
            return try b.reader.archivedSuccesses(
                recipe: Samples.set.digest, inputs: Samples.set.digest, in: ScratchArchive.id,
                on: platform, isPortable: isPortable
            ).count
        }
        #expect(try count({ _ in }, isPortable: false) == 1)
        #expect(try count({ $0.system = "linux aarch64" }, isPortable: true) == 0)
        #expect(try count({ $0.library = "glibc 2.40" }, isPortable: true) == 1)
        #expect(try count({ $0.library = "glibc 2.40" }, isPortable: false) == 0)
        #expect(try count({ $0.processor = "other" }, isPortable: false) == 0)
    }
}
