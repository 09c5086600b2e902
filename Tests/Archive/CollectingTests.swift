import Archive
import ArchiveHistory
import Digests
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix
import Testing

/// What is collected of an archive, and by whose clock.
struct CollectingTests {
    private let archive: ScratchArchive
    private let large = String(repeating: "0123456789", count: 200_000)
    private static let dayMs: Int64 = 86_400_000

    init() throws { archive = try ScratchArchive() }

    private var collecting: ArchiveCollecting {
        ArchiveCollecting(place: archive.place, archive: ScratchArchive.id)
    }

    /// A plan of a clone that needs nothing else than these.
    private func plan(
        _ clone: ScratchArchive.Clone, needed: Set<Digest> = [], atMs: Int64,
        isOfPlace: Bool = true, days: Int64 = 30, newestMs: Int64? = nil
    ) throws -> ArchiveCollecting.Plan {
        try clone.read()
        return try collecting.plan(
            needed: needed, objects: try clone.reader.archivedFiles(in: ScratchArchive.id),
            graceMs: days * Self.dayMs, time: ArchiveTime(atMs, isOfPlace: isOfPlace),
            newestMs: newestMs, isInterrupted: { false })
    }

    /// As a killed run does it: contents lie there, and no segment names them.
    private func put(_ texts: [String], _ clone: ScratchArchive.Clone) throws -> Set<String> {
        var contents: [Digest: Int64] = [:]
        for text in texts {
            contents[try clone.store.keep(Array(text.utf8))] = Int64(text.utf8.count)
        }
        let sent = try SegmentSending(
            place: archive.place, signatures: clone.signatures, archive: ScratchArchive.id,
            writer: clone.writer, author: Samples.author, store: clone.store,
            folder: clone.root + "/outgoing"
        ).put(contents, number: 1, isInterrupted: { false })
        return Set(sent.objects.map(\.path))
    }

    private func remove(_ plan: ArchiveCollecting.Plan, _ clone: ScratchArchive.Clone) throws {
        var segment = HistorySegment(head: Samples.head)
        segment.head.archive = ScratchArchive.id
        segment.removed = plan.removed.keys.filter { !plan.leftovers.contains($0) }.sorted()
        if !segment.removed.isEmpty { try clone.send(segment, [:]) }
        try collecting.remove(plan, isInterrupted: { false })
    }

    @Test("what is sent again after its first file was removed has a name of its own, and is found")
    func sentAgain() throws {
        let a = try archive.clone("a")
        let collector = try archive.clone("c")
        let first = try put(["small", large], a)
        try collecting.mark(try plan(collector, atMs: 0))
        let due = try plan(collector, atMs: 30 * Self.dayMs)
        #expect(Set(due.removed.keys) == first)
        try remove(due, collector)
        #expect(try archive.files("packs").isEmpty)
        // The clone's number is the same as before, since no segment was written.
        try a.send(["small", large])
        let b = try archive.clone("b")
        try b.read()
        #expect(try b.fetch(["small", large]).count == 2)
        #expect(try Set(b.reader.archivedFiles(in: ScratchArchive.id).keys).isDisjoint(with: first))
    }

    @Test("what was named while the question was asked is not removed")
    func namedMeanwhile() throws {
        let a = try archive.clone("a")
        let collector = try archive.clone("c")
        let paths = try put([large], a)
        let path = try #require(paths.first)
        try collecting.mark(try plan(collector, atMs: 0))
        let agreed = try plan(collector, atMs: 31 * Self.dayMs)
        #expect(Set(agreed.removed.keys) == paths)
        var segment = HistorySegment(head: Samples.head)
        segment.head.archive = ScratchArchive.id
        segment.objects = [
            ArchivedObject(
                digest: Digest.of(large), size: Int64(large.utf8.count), path: path, offset: nil)
        ]
        try a.send(segment, [:])
        let now = try plan(collector, needed: [Digest.of(large)], atMs: 31 * Self.dayMs)
            .removingOnly(what: agreed)
        #expect(now.removed.isEmpty && now.kept == 1 && now.marks.since.isEmpty)
        // What became due while the question was asked was not agreed to.
        let later = agreed.removingOnly(what: now)
        #expect(later.removed.isEmpty && Set(later.marked.keys) == paths)
    }

    @Test("a mark by another clock than the place's, or of the future, begins the grace time again")
    func clocks() throws {
        let a = try archive.clone("a")
        _ = try put([large], a)
        let now = 100 * Self.dayMs
        // By a machine whose clock is 40 days behind.
        try collecting.mark(try plan(a, atMs: now - 40 * Self.dayMs, isOfPlace: false))
        let first = try plan(a, atMs: now)
        #expect(first.removed.isEmpty && first.marked.count == 1)
        #expect(first.marks.since.values.allSatisfy { $0 == now })
        try collecting.mark(first)
        #expect(try plan(a, atMs: now + 29 * Self.dayMs).removed.isEmpty)
        #expect(try plan(a, atMs: now + 30 * Self.dayMs).removed.count == 1)
        let back = try plan(a, atMs: now - Self.dayMs)
        #expect(back.removed.isEmpty && back.marks.since.values.allSatisfy { $0 < now })
    }

    @Test(
        "where the place has no clock, one that has run ahead of all that was done removes nothing")
    func ahead() throws {
        let a = try archive.clone("a")
        _ = try put([large], a)
        let now = 100 * Self.dayMs
        try collecting.mark(try plan(a, atMs: now, isOfPlace: false, newestMs: now))
        let ahead = try plan(
            a, atMs: now + 40 * Self.dayMs, isOfPlace: false, newestMs: now + Self.dayMs)
        #expect(ahead.isHeldBack && ahead.removed.isEmpty)
        let right = try plan(
            a, atMs: now + 31 * Self.dayMs, isOfPlace: false, newestMs: now + 20 * Self.dayMs)
        #expect(!right.isHeldBack && right.removed.count == 1)
        // The one that ran ahead has marked too: those marks are of the future to others.
        try collecting.mark(ahead)
        let after = try plan(a, atMs: now + Self.dayMs, isOfPlace: false, newestMs: now)
        #expect(after.removed.isEmpty)
    }

    @Test("the place's time is that of a file that is written there; a plan alone writes nothing")
    func placeTime() throws {
        let before = Timestamp.now().milliseconds
        let looked = try collecting.time(changesNothing: true)
        #expect(looked.isOfPlace && looked.milliseconds >= before)
        #expect(try archive.files("").isEmpty)
        let time = try collecting.time(changesNothing: false)
        let file = try #require(try archive.files("").first)
        let status = try #require(try FileSystem.status(file))
        #expect(time.isOfPlace && time.milliseconds == status.modifiedNs / 1_000_000_000 * 1000)
    }

    @Test("a file that a kill has kept from getting its name goes after the grace time")
    func leftovers() throws {
        let a = try archive.clone("a")
        try FileSystem.createDirectories(archive.folder + "/objects/aa")
        let left = archive.folder + "/objects/aa/\(FileSystem.asidePrefix)x"
        try FileSystem.writeAtomically([1], to: left)
        let first = try plan(a, atMs: 0)
        #expect(first.marked.count == 1)
        try collecting.mark(first)
        let due = try plan(a, atMs: 30 * Self.dayMs)
        #expect(due.leftovers.count == 1 && due.removed.count == 1)
        try remove(due, a)
        #expect(try FileSystem.status(left) == nil)
    }

    // MARK: Results that stay

    private func result(_ text: String, madeMs: Int64) -> ArchivedResult {
        let sample = Samples.result("compile/x", outputs: [])
        let digest = Digest.of(text)
        return ArchivedResult(
            unit: sample.unit, stage: sample.stage, recipe: sample.recipe, code: sample.code,
            inputs: sample.inputs, reads: sample.reads,
            outputs: [OutputRecord(path: "out/x", digest: digest, size: 1)], axisValues: nil,
            milliseconds: 1, madeMs: madeMs, author: Samples.author, commit: nil)
    }

    private func send(_ text: String, madeMs: Int64, _ clone: ScratchArchive.Clone) throws {
        var segment = HistorySegment(head: Samples.head)
        segment.head.archive = ScratchArchive.id
        segment.sets = [Samples.set]
        segment.results = [result(text, madeMs: madeMs)]
        try clone.send(segment, [:])
    }

    private func kept(_ count: Int, nowMs: Int64) throws -> [Digest] {
        let reader = try archive.clone("f")
        try reader.read()
        return try reader.reader.newestArchivedResults(
            count, in: ScratchArchive.id, nowMs: nowMs
        ).outputs.map(\.digest)
    }

    @Test("of a unit so many results stay, no matter how many clones have sent one")
    func bounded() throws {
        for (number, writer) in "0123456789".enumerated() {
            try send("\(number)", madeMs: Int64(number), try archive.clone(writer))
        }
        // The same once more is none of its own.
        try send("9", madeMs: 20, try archive.clone("a"))
        let found = try kept(3, nowMs: 30)
        #expect(found == ["9", "8", "7"].map { Digest.of($0) })
    }

    @Test("a result of a clock that ran ahead does not outlast those that were made later")
    func future() throws {
        let a = try archive.clone("a")
        try send("before", madeMs: 10, a)
        try send("of 2030", madeMs: 1000 * Self.dayMs, a)
        let b = try archive.clone("b")
        for number in 1...3 { try send("later \(number)", madeMs: 20 + Int64(number), b) }
        let found = try kept(3, nowMs: 30)
        #expect(found == [3, 2, 1].map { Digest.of("later \($0)") })
        #expect(try kept(4, nowMs: 30).contains(Digest.of("of 2030")))
    }

    // MARK: Marks and numbers that are cut off

    @Test("a mark that a kill has cut off is completed, once it is old and nothing else lies there")
    func cutMark() throws {
        let mark = archive.folder + "/\(ArchivePlace.markName)"
        try FileSystem.writeAtomically([], to: mark)
        let writtenMs = try #require(try FileSystem.status(mark)).modifiedNs / 1_000_000
        #expect(throws: ArchiveError.self) { try archive.place.mark() }
        #expect(try archive.place.finishMaking(project: "p", nowMs: writtenMs + 1000) == nil)
        try FileSystem.createDirectories(archive.folder + "/history")
        let late = writtenMs + 3_600_000
        #expect(try archive.place.finishMaking(project: "p", nowMs: late) == nil)
        try FileSystem.removeTree(archive.folder + "/history")
        let made = try #require(try archive.place.finishMaking(project: "p", nowMs: late))
        #expect(try archive.place.mark() == made)
        #expect(made.id.utf8.count == 32 && made.project == "p")
        #expect(try archive.place.finishMaking(project: "p", nowMs: late) == nil, "it is whole")
    }

    @Test("a number that a kill has cut off stays taken, and is no damage where no release has it")
    func cutNumber() throws {
        let a = try archive.clone("a")
        let numbers = ReleaseNumbers(archive.place, environment: "web")
        #expect(
            try numbers.give(1, to: Digest.of("x"), author: Samples.author, madeMs: 1))
        try FileSystem.writeAtomically([], to: archive.folder + "/releases/web/2.json")
        let verifying = ArchiveVerifying(
            place: archive.place, archive: ScratchArchive.id, signatures: a.signatures,
            copies: a.copies, folder: a.root)
        func findings(_ known: [Int64: Digest]) throws -> [ArchiveVerifying.Finding] {
            var outcome = try verifying.look([:], isInterrupted: { false })
            let listed = try verifying.look(history: [], into: &outcome)
            try verifying.read(
                history: listed.paths, of: listed, known: [],
                identities: { known[$1].map { [$0] } ?? [] }, into: &outcome,
                isInterrupted: { false })
            return outcome.findings
        }
        #expect(try findings([:]).map(\.kind) == [.unnamed])
        #expect(try findings([2: Digest.of("y")]).map(\.kind) == [.content])
        #expect(try !numbers.give(2, to: Digest.of("y"), author: Samples.author, madeMs: 1))
    }
}
