import Digests
import Testing

@testable import Slots

struct ManifestChangeTests {
    private func manifest(_ files: [(String, String)]) throws -> String {
        try DataManifest(
            files.map { path, text in
                .init(
                    path: try RelativePath(path), digest: Digest.of(text),
                    size: Int64(text.utf8.count))
            }
        ).text
    }

    @Test("added, changed and removed files, with their sizes; what stays is not told")
    func changes() throws {
        let before = try manifest([("a", "same"), ("b/c", "old"), ("gone \"x\"\n", "12345")])
        let after = try manifest([("a", "same"), ("b/c", "newer"), ("z", "")])
        let changes = try ManifestChange.between(before, after)
        #expect(changes.map(\.path.text) == ["b/c", "gone \"x\"\n", "z"])
        #expect(changes.map(\.before) == [3, 5, nil])
        #expect(changes.map(\.after) == [5, nil, 0])
        #expect(try ManifestChange.between(after, after).isEmpty)
        #expect(try ManifestChange.between("", after).count == 3)
    }

    @Test("the same content under a name that is written with another accent is a change")
    func accents() throws {
        let changes = try ManifestChange.between(
            try manifest([("caf\u{E9}", "x")]), try manifest([("cafe\u{301}", "x")]))
        #expect(changes.count == 2)
    }

    @Test("what is no manifest is reported")
    func damaged() throws {
        #expect(throws: DataManifestError.self) { try ManifestChange.between("no\n", "") }
    }
}
