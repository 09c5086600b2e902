import Terminal
import Testing

@Suite struct FormatTests {
    @Test(arguments: [
        (0, "0.0s"), (0.04, "0.0s"), (0.4, "0.4s"), (9.94, "9.9s"), (9.96, "10s"), (12, "12s"),
        (59.4, "59s"), (59.6, "1m 00s"), (80, "1m 20s"), (65, "1m 05s"), (3599, "59m 59s"),
        (3599.7, "1h 00m"), (11_040, "3h 04m"), (86_399, "23h 59m"), (86_400, "1d 0h"),
        (183_600, "2d 3h"), (-1, "0.0s"), (Double.infinity, "?"), (Double.nan, "?"),
    ])
    func durations(seconds: Double, expected: String) {
        #expect(Format.duration(seconds) == expected)
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1549, "1.5 kB"), (99_949, "99.9 kB"),
        (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (5_500_000_000, "5.5 GB"),
        (120_000_000, "120 MB"), (2_000_000_000_000, "2.0 TB"), (Int64.max, "9.2 EB"),
        (-1500, "-1.5 kB"), (Int64.min, "-9.2 EB"),
    ])
    func bytes(count: Int64, expected: String) {
        #expect(Format.bytes(count) == expected)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (123_456, "123,456"),
        (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func counts(number: Int, expected: String) {
        #expect(Format.count(number) == expected)
    }

    @Test(arguments: [
        ("CD94:NKG2A é日👩‍🔬", "CD94:NKG2A é日👩‍🔬"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("a\r\nb", "a\\r\\nb"),
        ("\u{1B}[31m", "\\u{1b}[31m"), ("\u{7F}\u{9B}", "\\u{7f}\\u{9b}"), ("a\\n", "a\\\\n"),
        ("x\u{202E}gpj.exe", "x\\u{202e}gpj.exe"), ("\u{2028}", "\\u{2028}"), ("", ""),
    ])
    func escaping(name: String, expected: String) {
        #expect(Format.escaped(name) == expected)
    }
}
