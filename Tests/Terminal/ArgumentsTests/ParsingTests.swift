import Arguments
import Testing

@Suite struct ParsingTests {
    @Test(arguments: [
        ["run", "--jobs", "4"], ["run", "--jobs=4"], ["run", "-j", "4"], ["run", "-j4"],
        ["run", "-j=4"], ["run", "-yj4"], ["run", "-yvj", "4"],
    ])
    func formsOfAValue(line: [String]) throws {
        let parsed = try example.parse(line)
        #expect(parsed.path == ["run"])
        #expect(parsed.value("jobs") == "4")
        #expect(try parsed.int("jobs") == 4)
        #expect(parsed.isGiven("jobs"))
        #expect(parsed.flag("yes") == line[1].hasPrefix("-y"))
    }

    @Test func defaults() throws {
        let parsed = try example.parse(["run"])
        #expect(parsed.value("jobs") == "2")
        #expect(!parsed.isGiven("jobs"))
        #expect(parsed.value("color") == nil)
        #expect(try parsed.int("color") == nil)
        #expect(parsed.values("only") == [])
        #expect(!parsed.flag("json"))
        #expect(!parsed.isGiven("json"))
        #expect(parsed.positional("stage") == nil)
        #expect(parsed.positionals("stage") == [])
        #expect(!parsed.wantsHelp)
    }

    @Test func optionsAndArgumentsMix() throws {
        let parsed = try example.parse(
            ["-C", "site", "run", "compile", "--json", "image", "-v", "--only=a=b", "--only", "c"])
        #expect(parsed.value("project") == "site")
        #expect(parsed.positionals("stage") == ["compile", "image"])
        #expect(parsed.positional("stage") == "compile")
        #expect(parsed.flag("json"))
        #expect(parsed.isGiven("verbose"))
        #expect(parsed.values("only") == ["a=b", "c"])
        #expect(parsed.value("only") == "c")
    }

    @Test func optionsOfTheRootStandAnywhere() throws {
        #expect(try example.parse(["config", "pull", "x", "-C.."]).value("project") == "..")
    }

    @Test func nothingIsAnOptionAfterTwoDashes() throws {
        let parsed = try example.parse(["run", "--", "--json", "-j", "--"])
        #expect(parsed.positionals("stage") == ["--json", "-j", "--"])
        #expect(!parsed.flag("json"))
    }

    @Test(arguments: ["-", "-5", ""])
    func wordsThatOnlyLookLikeOptions(word: String) throws {
        #expect(try example.parse(["run", word]).positionals("stage") == [word])
        #expect(try example.parse(["run", "--only", word]).value("only") == word)
    }

    @Test func anEmptyValueIsAValue() throws {
        #expect(try example.parse(["run", "--only="]).values("only") == [""])
    }

    @Test func subcommandsOfSubcommands() throws {
        let parsed = try example.parse(["config", "pull", "lab", "prod"])
        #expect(parsed.path == ["config", "pull"])
        #expect(parsed.chain.fullName == "pipeline config pull")
        #expect(parsed.positional("namespace") == "lab")
        #expect(parsed.positional("stage") == "prod")
    }

    @Test func hiddenCommandsAndOptionsWork() throws {
        #expect(try example.parse(["internal"]).path == ["internal"])
        #expect(try example.parse(["run", "--secret"]).flag("secret"))
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["config", "-h"], ["config", "pull", "--help"], ["seek", "-h"],
    ])
    func helpNeedsNothingElse(line: [String]) throws {
        let parsed = try example.parse(line)
        #expect(parsed.wantsHelp)
        #expect(parsed.path == line.dropLast())
    }
}
