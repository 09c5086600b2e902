import Arguments
import Testing

/// Parsed arguments print themselves, and what they print is read back.
@Suite struct WordsTests {
    @Test(arguments: [
        ["run", "-vy", "deploy"], ["run", "-j4", "--only=a/*", "--only", "b", "x", "y"],
        ["run", "-vj", "4"], ["-C=here", "run"], ["run", "--only=-x"], ["run", "--", "-v", "x"],
        ["seek", "--", "--json", "--"], ["seek", "-", "a b", ""], ["run", "--color", "never"],
        ["config", "pull", "lab", "prod"], ["seek", "--", "a", "-5", "b"],
    ])
    func readBack(line: [String]) throws {
        let parsed = try example.parse(line)
        let again = try example.parse(parsed.words)
        #expect(again.path == parsed.path)
        #expect(again.chain == parsed.chain)
        for name in ["project", "jobs", "only", "color"] {
            #expect(again.values(name) == parsed.values(name))
        }
        for name in ["json", "yes", "verbose"] { #expect(again.flag(name) == parsed.flag(name)) }
        for name in ["stage", "file", "namespace"] {
            #expect(again.positionals(name) == parsed.positionals(name))
        }
        #expect(again.words == parsed.words)
    }

    @Test func flagsThatStandTogetherCanBeTakenOut() throws {
        let parsed = try example.parse(["run", "-vy", "deploy"])
        #expect(parsed.without(["yes"]).words == ["run", "-v", "deploy"])
        #expect(!parsed.without(["yes"]).flag("yes"))
    }

    @Test func aValueThatIsJoinedOnIsTakenOutWithItsOption() throws {
        let parsed = try example.parse(["-Chere", "run", "-vj4", "deploy"])
        #expect(parsed.without(["jobs", "project"]).words == ["run", "-v", "deploy"])
    }

    @Test func anAddedOptionReplacesWhatWasGivenInAnySpelling() throws {
        let parsed = try example.parse(["run", "-yj4", "deploy"])
        #expect(parsed.adding(typed: "--jobs 8").words == ["run", "-y", "deploy", "--jobs", "8"])
        #expect(parsed.adding(typed: "--yes").words == ["run", "-j", "4", "deploy", "--yes"])
    }

    @Test func anAddedOptionStandsBeforeArgumentsThatLookLikeOptions() throws {
        let parsed = try example.parse(["run", "--", "-x"])
        #expect(parsed.adding(flag: "yes").words == ["run", "--yes", "--", "-x"])
    }

    @Test func aLineThatIsRefusedStillSaysItsFlags() {
        #expect(example.flag("json", inRefused: ["run", "--nonsense", "--json"]))
        #expect(!example.flag("json", inRefused: ["run", "--nonsense", "--", "--json"]))
        #expect(example.flag("verbose", inRefused: ["run", "-vZ"]))
    }

    @Test func optionsOfTheCommandsAboveAreTakenToo() throws {
        let chain = try example.parse(["run"]).chain
        #expect(chain.option(named: "project") != nil && chain.option(named: "jobs")?.short == "j")
        #expect(chain.option(named: "compression") == nil)
    }
}
