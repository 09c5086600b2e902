import Testing

@testable import Packs

@Suite struct ListingParserTests {
    private static let root = (
        pseudo: "/ D 0 755 0 0\n",
        long: "drwxr-xr-x 0/0    30 1970-01-01 00:00 squashfs-root\n"
    )

    private func parse(
        _ pseudo: String, _ long: String
    ) throws(ListingParser.Malformed) -> [ListingParser.Record] {
        try ListingParser.records(
            pseudo: Array((Self.root.pseudo + pseudo).utf8),
            long: Array((Self.root.long + long).utf8))
    }

    private func entry(
        _ path: String, _ mode: UInt32, _ kind: PackEntry.Kind
    ) -> PackEntry {
        PackEntry(path: Array(path.utf8), mode: mode, kind: kind)
    }

    @Test func allKinds() throws {
        let records = try parse(
            """
            a\\ b R 0 644 0 0 6 2
            d D 0 755 0 0
            d/new
            line R 0 600 0 0 1 8 0 extra
            d/null C 0 666 0 0 1 3
            hard L a\\ b
            l S 0 777 0 0 ../x

            """,
            """
            -rw-r--r-- 0/0                 6 1970-01-01 00:00 squashfs-root/a b
            drwxr-xr-x 0/0                 9 1970-01-01 00:00 squashfs-root/d
            -rw------- 0/0                 1 1970-01-01 00:00 squashfs-root/d/new
            line
            crw-rw-rw- 0/0             1,  3 1970-01-01 00:00 squashfs-root/d/null
            -rw-r--r-- 0/0                 6 1970-01-01 00:00 squashfs-root/hard
            lrwxrwxrwx 0/0                 4 1970-01-01 00:00 squashfs-root/l -> ../x

            """)
        #expect(
            records.map(\.entry) == [
                entry("a b", 0o644, .file(bytes: 6)),
                entry("d", 0o755, .folder),
                entry("d/new\nline", 0o600, .file(bytes: 1)),
                entry("d/null", 0o666, .other),
                entry("hard", 0o644, .file(bytes: 6)),
                entry("l", 0o777, .link(target: Array("../x".utf8))),
            ])
        #expect(records.map(\.offset) == [2, nil, 8, nil, 2, nil])
    }

    @Test func theTargetOfALinkCannotPassForAnEntry() throws {
        let target = "x\nfake R 0 644 0 0 1 0"
        let records = try parse(
            "l S 0 777 0 0 \(target)\nreal R 0 644 0 0 1 0\n",
            """
            lrwxrwxrwx 0/0                \(target.utf8.count) 1970-01-01 00:00 squashfs-root/l -> \(target)
            -rw-r--r-- 0/0                 1 1970-01-01 00:00 squashfs-root/real

            """)
        #expect(
            records.map(\.entry) == [
                entry("l", 0o777, .link(target: Array(target.utf8))),
                entry("real", 0o644, .file(bytes: 1)),
            ])
    }

    @Test(arguments: [
        // Another name, another size, an entry in one listing only, an end too soon.
        ("a R 0 644 0 0 1 0\n", "-rw-r--r-- 0/0 1 1970-01-01 00:00 squashfs-root/b\n"),
        ("a R 0 644 0 0 1 0\n", "-rw-r--r-- 0/0 2 1970-01-01 00:00 squashfs-root/a\n"),
        ("a R 0 644 0 0 1 0\n", ""),
        ("", "-rw-r--r-- 0/0 1 1970-01-01 00:00 squashfs-root/a\n"),
        ("a R 0 644 0", "-rw-r--r-- 0/0 1 1970-01-01 00:00 squashfs-root/a\n"),
        ("l S 0 777 0 0 xy\n", "lrwxrwxrwx 0/0 9 1970-01-01 00:00 squashfs-root/l -> xy\n"),
        ("l S 0 777 0 0 xy\n", "lrwxrwxrwx 0/0 -1 1970-01-01 00:00 squashfs-root/l -> xy\n"),
        ("l L nothing\n", "-rw-r--r-- 0/0 1 1970-01-01 00:00 squashfs-root/l\n"),
        ("a\\", "x"),
    ]) func listingsThatDoNotFit(pseudo: String, long: String) {
        #expect(throws: ListingParser.Malformed()) { try parse(pseudo, long) }
    }

    @Test func theHeadIsCutOffWhereverTheStreamIsChopped() {
        let mark = "#\n# START OF DATA - DO NOT MODIFY\n#\n"
        let text = Array("a R 0 644 0 0 3 0\n\(mark)#\n#".utf8)
        for size in 1...text.count {
            var head = PseudoFileHead()
            var data: [UInt8] = []
            for start in stride(from: 0, to: text.count, by: size) {
                data += head.add(Array(text[start..<min(start + size, text.count)])) ?? []
            }
            #expect(head.text == Array("a R 0 644 0 0 3 0\n".utf8), "pieces of \(size)")
            #expect(data == Array("#\n#".utf8), "pieces of \(size)")
        }
    }
}
