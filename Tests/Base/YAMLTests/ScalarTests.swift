import Testing

@testable import YAML

/// The examples of the core schema, YAML 1.2.2 section 10.3.2, and its near misses.
@Suite struct ScalarTests {
    private func plain(_ text: String) -> Node {
        Node(.scalar(text, .plain), mark: Mark(line: 1, column: 1))
    }

    @Test(arguments: [
        ("0", 0), ("-19", -19), ("+7", 7), ("0x3A", 58), ("0o7", 7), ("0o14", 12), ("012", 12),
        ("9223372036854775807", Int.max),
    ])
    func integers(text: String, expected: Int) {
        #expect(plain(text).int == expected)
        #expect(plain(text).double == Double(expected))
        #expect(plain(text).string == text)
    }

    @Test(arguments: [
        "", "x", "1.0", "1_000", "0x", "0xG", "0x-1", "0o8", "0b1", "-0x1", "9223372036854775808",
        "1 2", "+", "-",
    ])
    func notIntegers(text: String) {
        #expect(plain(text).int == nil)
    }

    @Test(arguments: [
        ("0.5", 0.5), (".5", 0.5), ("-2E+05", -2e5), ("12e03", 12e3), ("1.", 1),
        ("6.02e-23", 6.02e-23),
        (".inf", Double.infinity), ("-.Inf", -Double.infinity), ("+.INF", Double.infinity),
    ])
    func numbers(text: String, expected: Double) {
        #expect(plain(text).double == expected)
    }

    @Test(arguments: [
        "inf", "nan", "0x1p3", "1e", "e5", ".", "-", "1.2.3", "--1", "infinity", "1,5", "",
    ])
    func notNumbers(text: String) {
        #expect(plain(text).double == nil)
    }

    @Test func notANumberIsANumber() {
        #expect(plain(".nan").double?.isNaN == true)
    }

    @Test(arguments: ["true", "True", "TRUE"])
    func trueForms(text: String) { #expect(plain(text).bool == true) }

    @Test(arguments: ["false", "False", "FALSE"])
    func falseForms(text: String) { #expect(plain(text).bool == false) }

    @Test(arguments: ["yes", "no", "on", "off", "y", "n", "tRUE", "1", "0", ""])
    func notBooleans(text: String) { #expect(plain(text).bool == nil) }

    @Test(arguments: ["", "~", "null", "Null", "NULL"])
    func nullForms(text: String) {
        #expect(plain(text).isNull)
        #expect(plain(text).string == nil)
        #expect(plain(text).text == text)
        #expect(plain(text).kindName == "nothing")
    }

    @Test(arguments: ["", "~", "null", "true", "1", "0x10", "1.5", ".inf"])
    func quotedScalarsAreOnlyStrings(text: String) {
        let node = Node(.scalar(text, .quoted), mark: Mark(line: 1, column: 1))
        #expect(node.string == text)
        #expect(!node.isNull)
        #expect(node.int == nil)
        #expect(node.double == nil)
        #expect(node.bool == nil)
        #expect(node.kindName == "a string")
    }

    @Test func collectionsAreNotScalars() {
        let node = Node(.sequence([]), mark: Mark(line: 1, column: 1))
        #expect(node.text == nil)
        #expect(node.string == nil)
        #expect(node.int == nil)
        #expect(!node.isNull)
        #expect(node["a"] == nil)
    }
}
