import ProjectScaffold
import Testing
import YAML

struct YAMLTextTests {
    @Test(
        "every text is read back as just that text",
        arguments: [
            "data/raw", "", "true", "NO", "~", "1.0", "0x1F", "-dash", "a: b", "a #b", "#a", "{x}",
            "[a]", "it's", "\"q\"", "back\\slash", "new\nline", "tab\t", "\u{1b}[2J", "\u{202E}abc",
            "ünïcode", "😀", " blank ", "?", "*a", "&a", "!t", "%x", "@a", "`a`", "a,b", ".5",
            ".inf",
            "null", "\u{feff}", "\u{2028}", "=", "<<",
        ])
    func roundTrip(text: String) throws {
        let list = try #require(try YAML.parse("key: \(YAMLText.list([text, "x"]))"))
        let nodes = try #require(list["key"]?.sequence)
        #expect(nodes.map(\.string) == [text, "x"])
        #expect(nodes[0].bool == nil && nodes[0].double == nil && !nodes[0].isNull)
        let written = YAMLText.name(text).unicodeScalars
        #expect(written.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" && $0 != "\u{2028}" })
    }
}
