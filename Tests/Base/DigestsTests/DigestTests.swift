import Digests
import Testing

@Suite struct DigestTests {
    /// The examples that NIST gives for SHA-256, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func knownDigests(text: String, hex: String) {
        #expect(Digest.of(text).hex == hex)
        #expect(Digest.of(Array(text.utf8)).hex == hex)
        #expect("\(Digest.of(text))" == hex)
        #expect(Digest.of(text).short == String(hex.prefix(12)))
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        var hasher = Hasher256()
        hasher.update("a")
        hasher.update([UInt8(ascii: "b")])
        hasher.update([])
        hasher.update("")
        hasher.update("c")
        #expect(hasher.finish() == Digest.of("abc"))
    }

    @Test func aFinishedHasherIsAsNew() {
        var hasher = Hasher256()
        hasher.update("before")
        _ = hasher.finish()
        hasher.update("abc")
        #expect(hasher.finish() == Digest.of("abc"))
        #expect(hasher.finish() == Digest.of(""))
    }

    @Test func hexadecimalBothWays() throws {
        let digest = Digest.of("abc")
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hex: digest.hex.uppercased()) == digest)
        #expect(Digest(hex: "x\(digest.hex)".dropFirst()) == digest)
    }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
        String(repeating: "g", count: 64), String(repeating: "é", count: 32),
        "+" + String(repeating: "0", count: 63), "0x" + String(repeating: "0", count: 62),
    ])
    func notHexadecimal(text: String) {
        #expect(Digest(hex: text) == nil)
    }

    @Test func bytesBothWays() {
        let bytes = (0..<32).map { UInt8($0) }
        #expect(Digest(bytes: bytes)?.bytes == bytes)
        #expect(Digest(bytes: bytes)?.hex.hasPrefix("000102030405") == true)
        #expect(Digest(bytes: bytes[...])?.withBytes { Array($0) } == bytes)
        #expect(Digest(bytes: bytes.dropLast()) == nil)
        #expect(Digest(bytes: bytes + [0]) == nil)
    }

    @Test(arguments: [0, 7, 8, 15, 16, 24, 31])
    func orderIsThatOfTheBytes(position: Int) throws {
        var lower = [UInt8](repeating: 0x7F, count: 32)
        var upper = lower
        lower[position] = 0x01
        upper[position] = 0xFE
        let low = try #require(Digest(bytes: lower))
        let high = try #require(Digest(bytes: upper))
        #expect(low < high)
        #expect(!(high < low))
        #expect(low.hex < high.hex)
    }

    @Test func isStoredInline() {
        #expect(MemoryLayout<Digest>.size == 32)
    }
}
