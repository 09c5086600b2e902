import Posix
import Testing

struct TimestampParsingTests {
    @Test(
        "RFC 3339, with fractions and distances",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-20T21:31:25Z", 1_795_210_285_000_000_000),
            ("2026-11-20T21:31:25.5Z", 1_795_210_285_500_000_000),
            ("2026-11-20T21:31:25.123456789Z", 1_795_210_285_123_456_789),
            ("2026-11-20T21:31:25.1234567899Z", 1_795_210_285_123_456_789),
            ("2026-11-20T22:31:25+01:00", 1_795_210_285_000_000_000),
            ("2026-11-20t17:01:25-0430", 1_795_210_285_000_000_000),
            ("2024-02-29 00:00:00Z", 1_709_164_800_000_000_000),
            ("1969-12-31T23:59:59Z", -1_000_000_000),
        ] as [(String, Int64)])
    func read(text: String, nanoseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.nanoseconds == nanoseconds)
    }

    @Test(
        "anything else is not read",
        arguments: [
            "", "2026-11-20", "2026-11-20T21:31:25", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
            "2025-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T21:31:25.Z",
            "2026-11-20T21:31:25Zx", "2026-11-20T21:31:25+1:00", "+026-11-20T21:31:25Z",
            "1795210285",
        ])
    func refused(text: String) { #expect(Timestamp(iso8601: text) == nil) }

    @Test("what is printed is read")
    func thereAndBack() {
        let now = Timestamp.now()
        let read = Timestamp(iso8601: now.iso8601)
        #expect(read?.nanoseconds == now.nanoseconds / 1_000_000_000 * 1_000_000_000)
    }

    @Test("random names have the form of version 4, and are new")
    func randomNames() {
        let names = (0..<1000).map { _ in RandomID.uuid() }
        #expect(Set(names).count == 1000)
        for name in names.prefix(100) {
            #expect(name.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
            #expect(name.dropFirst(14).first == "4")
            #expect("89AB".contains(name.dropFirst(19).first ?? "-"))
            #expect(name.allSatisfy { $0 == "-" || $0.isHexDigit && !$0.isLowercase })
        }
    }
}
