import Digests
import Slots
import Testing

@Suite struct DataManifestTests {
    // A list, since a dictionary takes two spellings of one name for the same key.
    private func manifest(of paths: [String]) throws -> DataManifest {
        try DataManifest(
            paths.map {
                DataManifest.Entry(path: try RelativePath($0), digest: Digest.of($0), size: 1)
            })
    }

    @Test func writesOneObjectPerLineSortedByBytes() throws {
        let data = try DataSet(["b": "2", "a/ä": "1", "a\"\n": "3"])
        #expect(
            data.manifest.text == """
                {"path":"a\\"\\u000a","digest":"\(Digest.of("3").hex)","size":1}
                {"path":"a/ä","digest":"\(Digest.of("1").hex)","size":1}
                {"path":"b","digest":"\(Digest.of("2").hex)","size":1}

                """)
        #expect(data.manifest.digest == Digest.of(data.manifest.text))
        #expect(data.manifest.bytes == 3)
    }

    @Test func comesBackFromItsText() throws {
        let manifest = try manifest(of: ["x", "caf\u{E9}", "cafe\u{301}", "\u{7F}\u{1}\\"])
        #expect(manifest.entries.count == 4)
        #expect(try DataManifest(parsing: manifest.text) == manifest)
        #expect(try DataManifest(parsing: "").entries.isEmpty)
    }

    @Test func refusesOtherFormsOfTheSameList() throws {
        let text = try DataSet(["a": "1", "b": "2"]).manifest.text
        let lines = text.split(separator: "\n")
        for other in [
            "\(lines[1])\n\(lines[0])\n", text + "\n", String(text.dropLast()), " " + text,
        ] {
            #expect(throws: DataManifestError.notCanonical) { try DataManifest(parsing: other) }
        }
    }

    @Test(arguments: [
        #"{"path":"../a","digest":"D","size":1}"#, #"{"path":"a","digest":"xyz","size":1}"#,
        #"{"path":"a","digest":"D","size":-1}"#, #"{"path":"a"}"#, "nonsense",
    ])
    func refusesLinesThatAreOutOfForm(_ line: String) {
        let text = line.split(separator: "D").joined(separator: Digest.of("").hex) + "\n"
        #expect {
            try DataManifest(parsing: text)
        } throws: { error in
            guard case .badLine(1, _)? = error as? DataManifestError else { return false }
            return true
        }
    }

    @Test func refusesAPathTwiceAndAFileThatIsAFolder() throws {
        let a = DataManifest.Entry(path: try RelativePath("a"), digest: Digest.of("1"), size: 1)
        let inside = DataManifest.Entry(
            path: try RelativePath("a/b"), digest: Digest.of("1"), size: 1)
        #expect(throws: DataManifestError.listedTwice(a.path)) { try DataManifest([a, a]) }
        #expect(throws: DataManifestError.fileAndFolder(a.path)) { try DataManifest([inside, a]) }
    }

    @Test func reportsTwins() throws {
        let manifest = try manifest(of: ["Tp53", "TP53", "caf\u{E9}", "cafe\u{301}", "alone"])
        #expect(
            manifest.twins.map { $0.map(\.text) } == [
                ["TP53", "Tp53"], ["cafe\u{301}", "caf\u{E9}"],
            ])
    }
}
