import Arguments
import Testing

@Suite struct RefusalTests {
    @Test(arguments: [
        ([], ArgumentError.Reason.missingCommand),
        (["config"], .missingCommand),
        (["rnu"], .unknownCommand("rnu", nearest: "run")),
        (["deploy"], .unknownCommand("deploy", nearest: nil)),
        (["internl"], .unknownCommand("internl", nearest: nil)),
        (["config", "pul"], .unknownCommand("pul", nearest: "pull")),
        (["run", "--job", "3"], .unknownOption("--job", nearest: "--jobs")),
        (["run", "--jbos=3"], .unknownOption("--jbos", nearest: "--jobs")),
        (["run", "-verbos"], .unknownOption("-verbos", nearest: "--verbose")),
        (["run", "-x"], .unknownOption("-x", nearest: nil)),
        (["run", "--hlep"], .unknownOption("--hlep", nearest: "--help")),
        (["run", "--secre"], .unknownOption("--secre", nearest: nil)),
        (["--jobs", "3", "run"], .unknownOption("--jobs", nearest: nil)),
        (["run", "--jobs"], .missingValue(option: "--jobs")),
        (["run", "-j"], .missingValue(option: "-j")),
        (["run", "--jobs", "--json"], .missingValue(option: "--jobs")),
        (["run", "-j", "-y"], .missingValue(option: "-j")),
        (["run", "--json=yes"], .unexpectedValue(option: "--json")),
        (["run", "-j1", "--jobs=2"], .repeatedOption("--jobs")),
        (
            ["run", "--color", "blue"],
            .invalidValue(of: "--color", value: "blue", expected: "one of always, never")
        ),
        (
            ["run", "--color", "alwys"],
            .invalidValue(
                of: "--color", value: "alwys", expected: "one of always, never", nearest: "always")
        ),
        (
            ["config", "pull", "x", "dev"],
            .invalidValue(of: "stage", value: "dev", expected: "one of prod, test")
        ),
        (["config", "pull"], .missingArgument("NAMESPACE")),
        (["seek"], .missingArgument("FILE")),
        (["config", "pull", "x", "prod", "more"], .unexpectedArgument("more")),
        (["internal", "x"], .unexpectedArgument("x")),
    ])
    func reasons(line: [String], reason: ArgumentError.Reason) throws {
        let error = try #require(throws: ArgumentError.self) { try example.parse(line) }
        #expect(error.reason == reason)
    }

    @Test func theErrorSaysWhatToDo() throws {
        let error = try #require(throws: ArgumentError.self) {
            try example.parse(["run", "--job", "3"])
        }
        #expect(
            error.description == """
                there is no option "--job"; did you mean "--jobs"?
                usage: pipeline run [OPTIONS] [STAGE…]
                see: pipeline run --help
                """)
    }

    @Test(arguments: [
        ("x", 1...Int.max, "a whole number from 1"), ("0", 1...Int.max, "a whole number from 1"),
        ("9", 1...8, "a whole number from 1 to 8"),
        ("1.5", Int.min...Int.max, "a whole number"),
    ])
    func numbers(text: String, range: ClosedRange<Int>, expected: String) throws {
        let parsed = try example.parse(["run", "--jobs", text])
        let error = try #require(throws: ArgumentError.self) {
            try parsed.int("jobs", in: range)
        }
        #expect(error.reason == .invalidValue(of: "--jobs", value: text, expected: expected))
        #expect(
            error.message == "invalid value \"\(text)\" for \"--jobs\", which takes \(expected)")
    }
}
