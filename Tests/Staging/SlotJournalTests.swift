import Digests
import Paths
import Posix
import Testing

@testable import Slots

/// The journal of a filling: each line is in the file as soon as it is noted, since a kill takes what is not.
@Suite struct SlotJournalTests {
    private let scratch: ScratchFolder
    private let journal: SlotJournal
    private let entry: DataManifest.Entry

    init() throws {
        scratch = try ScratchFolder()
        journal = SlotJournal(path: "\(scratch.path)/journal")
        entry = DataManifest.Entry(path: try RelativePath("a/x"), digest: Digest.of("x"), size: 1)
    }

    private var file: SlotContent.File { .init(size: 1, digest: entry.digest) }

    @Test("what is noted of a file is on disk at once")
    func notes() throws {
        #expect(try journal.load() == nil)
        try journal.begin(token: "t", baseline: nil)
        journal.note(placing: entry)
        #expect(try journal.load()?.files == [entry.path: file])
        try journal.note(unsure: [entry.path])
        #expect(try journal.load()?.files == [entry.path: .init(size: -1, digest: nil)])
        journal.note(2048, of: entry)
        #expect(try journal.load()?.parts == [PathText.name(SlotNames.aside(for: entry)): 2048])
        try journal.begin(token: "other", baseline: entry.digest)
        let memory = try #require(try journal.load())
        #expect(memory.token == "other" && memory.baseline == entry.digest)
        #expect(memory.files.isEmpty && memory.parts.isEmpty)
        try journal.remove()
        #expect(try journal.load() == nil)
    }

    @Test("a line that a kill has cut is passed over, and does not spoil the next one")
    func cutLine() throws {
        try scratch.write("filling t -\nfile \(entry.digest.hex) 1 \"b", to: "journal")
        #expect(try journal.load()?.files == [:])
        try journal.resume()
        journal.note(placing: entry)
        #expect(try journal.load()?.files == [entry.path: file])
        try scratch.write("filli", to: "journal")
        #expect(try journal.load() == nil)
    }

    @Test("without a filling nothing is noted")
    func unopened() throws {
        try journal.note(unsure: [entry.path])
        journal.note(placing: entry)
        #expect(try FileSystem.status("\(scratch.path)/journal") == nil)
        try journal.begin(token: "t", baseline: nil)
        #expect(try journal.load()?.files == [:])
    }
}
