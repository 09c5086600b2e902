import Testing
import YAML

@Suite struct ParsingTests {
    @Test func aDocumentKeepsOrderAndPlaces() throws {
        let root = try #require(
            try YAML.parse(
                """
                # comment
                project: ct-site
                stages:
                  b: { kind: image, 'needs': [x, "y"] }
                  a:
                    - 1
                    -   deep: true
                """))
        let entries = try #require(root.mapping)
        #expect(entries.map(\.key.text) == ["project", "stages"])
        #expect(root.mark == Mark(line: 2, column: 1))
        #expect(entries[0].value.mark == Mark(line: 2, column: 10))
        let stages = try #require(root["stages"])
        #expect(stages.mark == Mark(line: 4, column: 3))
        #expect(stages.mapping?.map(\.key.text) == ["b", "a"])
        #expect(stages.mapping?.map(\.key.mark.line) == [4, 5])
        #expect(stages["b"]?.mark == Mark(line: 4, column: 6))
        #expect(stages["b"]?["needs"]?.sequence?.map(\.mark.column) == [31, 34])
        #expect(stages["b"]?["needs"]?.sequence?.map(\.string) == ["x", "y"])
        let list = try #require(stages["a"]?.sequence)
        #expect(list.map(\.int) == [1, nil])
        #expect(list[1]["deep"]?.mark == Mark(line: 7, column: 15))
        #expect(list[1]["deep"]?.bool == true)
        #expect(list[1]["shallow"] == nil)
    }

    @Test func columnsCountScalarsNotBytes() throws {
        let root = try #require(try YAML.parse("{ \"é日𝕏\": x }"))
        #expect(root.mapping?.first?.value.mark == Mark(line: 1, column: 10))
    }

    @Test func scalarStyles() throws {
        let root = try #require(
            try YAML.parse("[1, '1', \"1\\n\", !!str 1, ! 1]\n"))
        #expect(root.sequence?.map(\.int) == [1, nil, nil, nil, nil])
        #expect(root.sequence?.map(\.string) == ["1", "1", "1\n", "1", "1"])
        let block = try #require(try YAML.parse("a: |\n  12\nb: >-\n  x\n  y\n"))
        #expect(block["a"]?.string == "12\n")
        #expect(block["b"]?.string == "x y")
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "\u{FEFF}"])
    func noDocument(text: String) throws {
        let node = try YAML.parse(text)
        #expect(node?.mark == nil)
    }

    @Test func anEmptyDocumentIsNull() throws {
        #expect(try YAML.parse("---\n")?.isNull == true)
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try YAML.parse("\u{FEFF}a: 1")?["a"]?.int == 1)
    }

    @Test func missingValuesAreNull() throws {
        let root = try #require(try YAML.parse("a:\nb: 1\n"))
        #expect(root["a"]?.isNull == true)
        #expect(root["a"]?.mark == Mark(line: 1, column: 3))
    }

    @Test func aliasesYieldTheirAnchor() throws {
        let root = try #require(
            try YAML.parse("base: &b { x: [1, 2] }\ncopy: *b\nkey: &k name\n*k : 5\n"))
        #expect(root["copy"]?["x"]?.sequence?.map(\.int) == [1, 2])
        #expect(root["copy"]?.mark.line == 1)
        #expect(root["name"]?.int == 5)
    }

    @Test func anAnchorMayBeGivenAgain() throws {
        let root = try #require(try YAML.parse("[&a 1, *a, &a 2, *a]"))
        #expect(root.sequence?.map(\.int) == [1, 1, 2, 2])
    }
}
