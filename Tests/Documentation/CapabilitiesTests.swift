import Testing

/// `docs/capabilities.md` claims only what a test shows.
@Suite struct CapabilitiesTests {
    @Test func everyNamedTestExists() throws {
        let rows = Markdown.rows(in: try Repository.text("docs/capabilities.md"))
        #expect(rows.count >= 20)
        var texts: [String: String] = [:]
        for row in rows {
            #expect(row.count == 4 && !row[1].isEmpty, "row \(row[0])")
            let tests = row[3].split(separator: "`").filter { $0.contains(":") }
            #expect(!tests.isEmpty, "row \(row[0]) names no test")
            for test in tests {
                let parts = test.split(separator: ":", maxSplits: 1).map(String.init)
                let text = try texts[parts[0]] ?? Repository.text(parts[0])
                texts[parts[0]] = text
                #expect(
                    text.contains("func \(parts[1])(") || text.contains("def \(parts[1])("),
                    "row \(row[0]): \(test)")
            }
        }
    }

    @Test func rowsAreNamedOnce() throws {
        let rows = Markdown.rows(in: try Repository.text("docs/capabilities.md")).map { $0[0] }
        #expect(Set(rows).count == rows.count)
    }
}
