import ArchiveHistory
import Digests
import PipelinePlanning
import Testing

/// The text of a segment is read back as what was written, or not at all.
struct HistorySegmentTests {
    @Test func readBack() throws {
        let segment = Samples.full
        #expect(try HistorySegment(parsing: segment.bytes) == segment)
    }

    @Test func firstSegmentHasNoPrevious() throws {
        var segment = Samples.full
        segment.head.name = SegmentName(writer: Samples.writer, number: 1)
        segment.head.previous = nil
        #expect(try HistorySegment(parsing: segment.bytes).head.previous == nil)
    }

    @Test("a segment that was cut off anywhere is refused")
    func cutOff() {
        let bytes = Samples.full.bytes
        for length in 0..<bytes.count {
            #expect(throws: SegmentError.self, "\(length) bytes") {
                try HistorySegment(parsing: Array(bytes.prefix(length)))
            }
        }
    }

    @Test("a byte that was changed is seen by the name, wherever it is")
    func changed() {
        let bytes = Samples.full.bytes
        let name = SegmentFile(Samples.full.head.name, digest: Digest.of(bytes)).name
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(SegmentFile(Samples.full.head.name, digest: Digest.of(other)).name != name)
        }
    }

    @Test func newerFormatIsNamed() {
        let text = String(decoding: Samples.full.bytes, as: UTF8.self)
            .replacing("\"format\":1", with: "\"format\":2")
        #expect(throws: SegmentError.newer(format: 2)) {
            try HistorySegment(parsing: Array(text.utf8))
        }
    }

    @Test(
        "a number that nothing can have, and a path that leads elsewhere, are damage",
        arguments: [
            (#""size":7}"#, #""size":-1}"#), (#""size":7}"#, #""size":9223372036854775807}"#),
            (#""offset":3"#, #""offset":-3"#), (#""offset":3"#, #""offset":9223372036854775807"#),
            (#""milliseconds":1200"#, #""milliseconds":-9223372036854775808"#),
            (#""made":1764400000000"#, #""made":-9223372036854775808"#),
            (#""path":"a/ü""#, #""path":"a/../../b""#), (#""path":"a/ü""#, #""path":"/b""#),
            (#""path":"packs/a.pack""#, #""path":"../a.pack""#),
            (#""path":"packs/a.pack""#, #""path":"""#),
        ])
    func impossible(written: String, other: String) {
        let text = String(decoding: Samples.full.bytes, as: UTF8.self)
        #expect(text.contains(written), "\(text)")
        #expect(throws: SegmentError.self) {
            try HistorySegment(parsing: Array(text.replacing(written, with: other).utf8))
        }
    }

    @Test("a line of a kind that a later version added is left out")
    func unknownKind() throws {
        var lines = String(decoding: Samples.full.bytes, as: UTF8.self).split(separator: "\n")
        lines.insert("{\"later\":{\"x\":1}}", at: 1)
        lines[lines.count - 1] = "{\"end\":\(lines.count - 1)}"
        let text = lines.joined(separator: "\n") + "\n"
        #expect(try HistorySegment(parsing: Array(text.utf8)) == Samples.full)
    }

    @Test(arguments: ["x", "a-1-b.jsonl", "../a", "pipeline-archive.json"])
    func otherNamesAreNoSegments(name: String) {
        #expect(SegmentFile(name: name) == nil)
        let file = SegmentFile(Samples.full.head.name, digest: Digest.of("x"))
        #expect(SegmentFile(name: file.name) == file)
        #expect(SegmentFile(name: file.name + ".sig") == nil)
    }
}

/// Values of all kinds that a segment holds.
enum Samples {
    static let writer = String(repeating: "0a", count: 16)
    static let set = ComponentSet([.init("a \"quoted\"\n name", "värde"), .init("b", "2")])
    static let author = Author(user: "ada", host: "lab")

    static var head: HistorySegment.Head {
        .init(
            archive: "archive", name: SegmentName(writer: writer, number: 12),
            previous: Digest.of("before"), madeMs: 1_764_400_000_000, author: author,
            platform: Platform(system: "linux x86_64", library: "glibc 2.36", processor: "0af1"))
    }

    static func result(_ unit: String, outputs: [OutputRecord]) -> ArchivedResult {
        ArchivedResult(
            unit: unit, stage: "compile", recipe: set.digest, code: ComponentSet.empty.digest,
            inputs: set.digest, reads: ComponentSet.empty.digest, outputs: outputs,
            axisValues: nil, milliseconds: 1200, madeMs: 1_764_400_000_000, author: author,
            commit: "c0ffee")
    }

    static var full: HistorySegment {
        var segment = HistorySegment(head: head)
        segment.sets = [set, .empty]
        segment.programs = [Digest.of("python"): "Python 3.11.2"]
        segment.objects = [
            ArchivedObject(digest: Digest.of("1"), size: 7, path: "packs/a.pack", offset: 3),
            ArchivedObject(digest: Digest.of("2"), size: 7 << 40, path: "objects/a", offset: nil),
        ]
        segment.results = [
            result(
                "compile/a",
                outputs: [
                    OutputRecord(path: "a/ü", digest: Digest.of("1"), size: 7, form: .executable)
                ])
        ]
        segment.releases = [
            ArchivedRelease(
                environment: "web", number: 3, image: nil, code: Digest.of("c"),
                manifest: Digest.of("m"), bundle: nil, settings: "{}", commit: nil, createdMs: 5,
                author: author)
        ]
        segment.deployments = [
            ArchivedDeployment(
                environment: "web", release: 3, kind: "deploy", replaces: 2, outcome: "live",
                slot: "a", version: nil, startedMs: 5, endedMs: 6, message: nil, author: author)
        ]
        segment.pins = [
            ArchivedPin(environment: "web", release: 3, name: "2026-paper", isKept: true)
        ]
        segment.removed = ["packs/old.pack"]
        return segment
    }
}
