import Digests
import Testing

struct MessageKeyTests {
    /// RFC 4231, cases 1 and 2: keys shorter than a block are filled with zeros.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
    ])
    func standard(key: String, message: String, code: String) throws {
        let filled = key + String(repeating: "0", count: 64 - key.count)
        let made = try #require(MessageKey(hex: filled))
        #expect(made.code(of: Array(message.utf8)).hex == code)
        #expect(made.hex == filled)
    }

    @Test("a code is that of one message and one key")
    func checked() throws {
        let key = MessageKey()
        let code = key.code(of: [1, 2, 3])
        #expect(key.isCode(code, of: [1, 2, 3]))
        #expect(!key.isCode(code, of: [1, 2, 4]))
        #expect(!MessageKey().isCode(code, of: [1, 2, 3]))
        #expect(MessageKey(hex: "12") == nil)
    }
}
