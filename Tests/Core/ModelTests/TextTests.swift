import FoundationEssentials
import JSON
import Paths
import PipelineModel
import Testing

/// The small languages of a definition.
struct TextTests {
    @Test func templates() throws {
        let template = try Template("a/{kind}_{fdr:02}{{x}}")
        #expect(template.places == ["kind", "fdr"])
        let filled = template.filled { name, width in name == "kind" ? "K" : "\(width)" }
        #expect(filled == "a/K_2{x}")
        for text in ["{", "a}", "{a b}", "{a:2}", "{a:0x}"] {
            #expect(throws: Template.Malformed.self) { try Template(text) }
        }
    }

    @Test(arguments: [
        ("data/*.txt", "data/a.txt", true), ("data/*.txt", "data/sub/a.txt", false),
        ("data/**", "data/sub/a.txt", true), ("data/**/a.txt", "data/a.txt", true),
        ("data/*", "data/.hidden", false), ("data/.*", "data/.hidden", true),
        ("a?c", "abc", true), ("a?c", "ac", false), ("[a-c]x", "bx", true),
        ("[!a-c]x", "bx", false),
        ("a*b*c", "axxbyybc", true), ("a*b*c", "axxbyyb", false), ("*", "a/b", false),
    ])
    func patterns(pattern: String, path: String, matches: Bool) {
        #expect(PathPattern(pattern).matches(path) == matches)
    }

    @Test func commandWords() throws {
        #expect(
            try CommandWords.split("a 'b c' \"d \\\" e\" f\\ g ''") == [
                "a", "b c", "d \" e", "f g", "",
            ])
        #expect(throws: CommandWords.Malformed.self) { try CommandWords.split("a 'b") }
        #expect(throws: CommandWords.Malformed.self) { try CommandWords.split("a \\") }
    }

    @Test func quantities() {
        #expect(Quantity.seconds("90") == 90)
        #expect(Quantity.seconds("1.5h") == 5400)
        #expect(Quantity.seconds("2d") == 172_800)
        #expect(Quantity.seconds("soon") == nil)
        #expect(Quantity.bytes("4G") == 4_294_967_296)
        #expect(Quantity.bytes("-1") == nil)
    }

    @Test func safeNamesAreThoseOfPython() throws {
        let file = #filePath.dropLast("Tests/Core/ModelTests/TextTests.swift".count)
        let bytes = try Data(contentsOf: URL(filePath: file + "pipeline/names-vectors.json"))
        let vectors = try JSONDecoder().decode([[String]].self, from: bytes)
        #expect(vectors.count > 10)
        for vector in vectors { #expect(SafeName.encode(vector[0]) == vector[1]) }
    }

    @Test func canonicalJSON() {
        #expect(JSONText.quoted("a\"\\\n\u{1}ü") == "\"a\\\"\\\\\\n\\u0001ü\"")
        #expect(
            JSONText.object([(key: "b", value: "1"), (key: "a", value: "2")])
                == "{\"a\":2,\"b\":1}")
    }

    @Test(arguments: [
        [:], ["a": ""], ["": "x"], ["b": "1", "a": "2", "é/ü \u{1F600}": "\u{7F}\u{1}\"\\\n\r\t/"],
        ["\\": "\\\\", "\"": "\\\""],
    ])
    func objectsOfStringsAreReadAsTheyAreWritten(members: [String: String]) throws {
        let text = JSONText.object(members.map { ($0.key, JSONText.quoted($0.value)) })
        let found = try #require(JSONText.members(of: text))
        #expect(found.count == members.count)
        for (key, value) in found { #expect(members[key] == value) }
        // Nothing that is cut, and nothing after it.
        for length in 0..<text.count {
            #expect(JSONText.members(of: String(text.prefix(length))) == nil)
        }
        #expect(JSONText.members(of: text + " ") == nil)
    }

    @Test func nullsAndNamesThatDifferInBytesAreReadToo() throws {
        let found = try #require(
            JSONText.members(of: "{\"e\u{301}\":null,\"\u{e9}\":\"x\"}"))
        #expect(found.map { Array($0.key.utf8).count } == [3, 2])
        #expect(found.map(\.value) == [nil, "x"])
    }

    @Test(arguments: [
        #"{"b":"1","a":"2"}"#, #"{"a":nul}"#, #"{"a":nullx}"#, #"{"a":Null}"#,
        #"{"a":"1","a":"1"}"#, #"{"a": "1"}"#, #"{"a":1}"#, #"{"a":"1",}"#,
        #"{"a":"\u00e9"}"#, #"{"a":"\/"}"#, #"{"a":"\u000A"}"#, #"{"a":"\u12"}"#, #"{"a":"\x"}"#,
        "{\"a\":\"\n\"}",
        "{\"a\":\"\u{7F}\"}", "[]", "",
    ])
    func otherTextIsNotRead(text: String) { #expect(JSONText.members(of: text) == nil) }
}
