import Testing
import YAML

/// Texts that must not become a document, and where the error points.
@Suite struct RefusalTests {
    private func refusal(
        of text: String, limits: YAML.Limits = YAML.Limits()
    ) -> YAMLError? {
        do throws(YAMLError) {
            _ = try YAML.parse(text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func duplicateKeys() {
        #expect(
            refusal(of: "a: 1\nb: 2\n\"a\": 3\n")
                == YAMLError(
                    mark: Mark(line: 3, column: 1),
                    message: "the key \"a\" is already given on line 1"))
    }

    @Test func duplicateKeysInside() {
        #expect(refusal(of: "x:\n  - { k: 1, k: 2 }\n")?.mark == Mark(line: 2, column: 13))
    }

    @Test(arguments: [
        ("a: 1\n b: 2\n", 2, 3),
        ("a: [1, 2\nb: 3\n", 2, 2),
        ("a:\n\t- 1\n", 2, 1),
        ("key: 'open\n", 2, 1),
        ("a: @x\n", 1, 4),
        ("a: b: c\n", 1, 5),
        ("[1, 2]]\n", 1, 7),
    ])
    func syntaxErrorsPointAtThePlace(text: String, line: Int, column: Int) throws {
        let error = try #require(refusal(of: text))
        #expect(error.mark == Mark(line: line, column: column))
        #expect(!error.message.isEmpty)
    }

    @Test func controlCharacters() {
        let error = refusal(of: "a: 1\nbé: x\u{1}\n")
        #expect(error?.mark == Mark(line: 2, column: 6))
        #expect(error?.message == "control characters are not allowed (U+1)")
    }

    @Test func aSecondDocument() {
        #expect(refusal(of: "a: 1\n---\nb: 2\n")?.mark == Mark(line: 2, column: 1))
    }

    @Test(arguments: ["[1]: x", "{a: 1}: x", "? [1]\n: x"])
    func keysMustBeScalars(text: String) {
        #expect(refusal(of: text)?.message == "a key must be a scalar")
    }

    @Test(arguments: ["!!binary aGk=", "!custom x", "!!map [1]", "!!seq {}", "!!int 5"])
    func tags(text: String) {
        #expect(refusal(of: text)?.message.hasSuffix("is not supported here") == true)
    }

    @Test(arguments: ["[*a]", "&a [*a]", "[*a, &a 1]"])
    func aliasesWithoutAnAnchorBefore(text: String) {
        #expect(refusal(of: text)?.message.hasPrefix("the alias \"*a\" has no anchor") == true)
    }

    @Test func depth() {
        let deep = { (levels: Int) in
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(refusal(of: deep(64)) == nil)
        #expect(refusal(of: deep(65))?.mark == Mark(line: 1, column: 65))
        #expect(refusal(of: String(repeating: "[", count: 1_000_000))?.column == 65)
        #expect(refusal(of: String(repeating: "- ", count: 100_000) + "x")?.column == 129)
    }

    @Test func depthThroughAliases() {
        let half = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        let use = String(repeating: "[", count: 40) + "*a" + String(repeating: "]", count: 40)
        #expect(refusal(of: "[&a \(half), \(use)]")?.message.contains("64 levels") == true)
    }

    @Test func billionLaughs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let uses = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(uses)]\n"
        }
        let error = refusal(of: text)
        #expect(error?.message == "aliases stand for more than 100000 nodes in sum")
        #expect(error?.line == 6)
    }

    @Test func size() {
        var limits = YAML.Limits()
        limits.bytes = 3
        #expect(refusal(of: "abc", limits: limits) == nil)
        #expect(
            refusal(of: "abcd", limits: limits)?.message
                == "the text has 4 bytes, and at most 3 are read")
    }

    @Test func descriptionNamesThePlace() {
        let error = YAMLError(mark: Mark(line: 3, column: 7), message: "what")
        #expect(error.description == "line 3, column 7: what")
        #expect(error.mark.description == "3:7")
    }
}
