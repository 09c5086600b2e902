import Digests
import FoundationEssentials
import Testing

struct Base64Tests {
    @Test("as Foundation writes it and reads it, of each length")
    func lengths() {
        for length in 0...66 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 89 + length * 7) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text) == bytes)
        }
    }

    @Test(
        "other text is not read",
        arguments: ["a", "ab", "abc", "a===", "====", "ab=c", "a b=", "ab-_", "é=="])
    func refused(text: String) { #expect(Base64.decode(text) == nil) }
}
