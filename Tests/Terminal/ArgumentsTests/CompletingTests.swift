import Testing

@testable import Arguments

struct CompletingTests {
    private let root = CommandSpec(
        "tool", summary: "does things",
        options: [
            .flag("json", help: "as JSON"),
            .value("project", "FOLDER", help: "where", completion: .folder),
        ],
        subcommands: [
            CommandSpec(
                "run", summary: "runs",
                positionals: [
                    PositionalSpec(
                        "stage", .repeated(minimum: 0), help: "which", completion: .dynamic("stage")
                    )
                ],
                options: [
                    .value(
                        "level", short: "l", "LEVEL", help: "how",
                        completion: .choices(["low", "high"])),
                    .flag("all", short: "a", help: "all"),
                    .flag("secret", help: "not shown", isHidden: true),
                ]),
            CommandSpec(
                "data", summary: "data",
                subcommands: [
                    CommandSpec(
                        "put", summary: "puts",
                        positionals: [PositionalSpec("source", help: "what", completion: .file)])
                ]),
            CommandSpec("hidden", summary: "works", isHidden: true),
        ])

    private func words(_ line: String...) -> [String] { root.candidates(line).words.map(\.word) }

    @Test func commandsAreOfferedByTheirBeginning() {
        #expect(words("") == ["run", "data"])
        #expect(words("r") == ["run"])
        #expect(words("data", "") == ["put"])
        #expect(words("h").isEmpty)
    }

    @Test func optionsOfTheCommandAndOfThoseAboveItAreOffered() {
        #expect(words("run", "--") == ["--level", "--all", "--json", "--project", "--help"])
        #expect(words("run", "--l") == ["--level"])
    }

    @Test func valuesAreThoseOfTheOptionThatWaits() {
        #expect(words("run", "--level", "") == ["low", "high"])
        #expect(words("run", "-al", "h") == ["high"])
        #expect(words("run", "--level=l") == ["low"])
        #expect(root.candidates(["run", "--level=l"]).before == "--level=")
        #expect(root.candidates(["--project", "x"]).source == .folder)
        #expect(root.candidates(["--project=x"]).prefix == "x")
    }

    @Test func whatWasTypedForOptionsIsKnown() {
        #expect(root.candidates(["run", "--level", "low", ""]).given == ["level": "low"])
        #expect(
            root.candidates(["run", "--level=low", "-al", "high", ""]).given["level"] == "high")
        #expect(root.candidates(["run", "--", "--level=low", ""]).given.isEmpty)
        // This one is being typed.
        #expect(root.candidates(["run", "--level=l"]).given.isEmpty)
    }

    @Test func argumentsAreOfTheirKind() {
        #expect(root.candidates(["run", ""]).source == .dynamic("stage"))
        #expect(root.candidates(["run", "a", "-a", "b"]).source == .dynamic("stage"))
        #expect(root.candidates(["data", "put", ""]).source == .file)
        // There is no second one.
        #expect(root.candidates(["data", "put", "a", ""]).source == .nothing)
    }

    @Test func afterTwoDashesNothingIsAnOption() {
        #expect(root.candidates(["run", "--", "--l"]).source == .dynamic("stage"))
        #expect(words("run", "--", "--l").isEmpty)
    }

    @Test func theManualPageHasEveryCommandAndNoOpenMacro() {
        let page = root.manualPage(
            version: "1.0", exitCodes: [("0", "fine")], files: [(".x/y", "something")])
        #expect(page.contains(#".SS tool run "#))
        #expect(page.contains("tool data put"))
        #expect(page.contains(#"\fB\-l, \-\-level LEVEL\fR"#))
        #expect(!page.contains("secret") && !page.contains("hidden"))
        #expect(page.contains(#"\&.x/y"#))
        let macros: Set<Substring> = [".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I"]
        for line in page.split(separator: "\n") where line.hasPrefix(".") {
            #expect(macros.contains(line.prefix { $0 != " " }), "\(line)")
        }
    }
}
