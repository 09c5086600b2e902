import FoundationEssentials
import Processes
import Testing

/// Awkward names on the way to a target: every one exact there, or refused and nothing written.
struct DataNamesTests {
    @Test("U26, D36, D39: awkward names arrive exactly as they are")
    func corpus() throws {
        let project = try DataRulesTests.project()
        for name in Self.fine { try project.write("data/in/\(name)", "content of \(name)") }
        let run = try project.run("-e", "here", "sync")
        #expect(run.exit == .exited(0), "\(run.standardError)")
        let names = "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum -z | od -c"
        let sent = try project.shell("cd data/in && \(names)")
        #expect(try project.shell("cd out/a/data/in && \(names)") == sent)
        #expect(
            try project.shell("cd out/a/data && find . -type f -printf x")
                == String(repeating: "x", count: Self.fine.count))
    }

    private static let fine = [
        "with space", " leading", "trailing ", "new\nline", "tab\tinside", "quo'te\"s", "-rf", "--",
        "ünï", "日本語", "\u{1F9EC}", "a:b", "back\\slash", "*?[x]", "$HOME", "`id`", ";x", "#x",
        "%41",
        "Tp53", "TP53", ".hidden", "..double", "...", "\u{1B}[31m", "\u{202E}txt",
        "carriage\rreturn",
        "cafe\u{301}", "~", "con", "a|b", "{x}", "!", "\u{FEFF}bom", "nul.txt", "sub folder/-dash",
        String(repeating: "n", count: 255), String(repeating: "ü", count: 127),
    ]

    @Test(
        "D36, D37, D38: what cannot be sent is refused, with its spelling, before anything is written",
        arguments: [
            (#"touch "data/in/$(printf 'bad\377')""#, #"bad\xff: its name is not UTF-8"#),
            (
                #"touch "data/in/$(printf 'e\314\201')" "data/in/$(printf '\303\251')""#,
                #""\u{e9}" differs from "e\u{301}" only in how an accent is written"#
            ),
            (
                #"mkdir "data/in/$(printf 'e\314\201')" "data/in/$(printf '\303\251')"; touch data/in/*/x"#,
                #""\u{e9}" differs from "e\u{301}" only"#
            ),
            ("mkfifo data/in/pipe", "data/in/pipe: a socket, pipe or device"),
            (
                "cd data/in; for i in $(seq 1 17); do n=$(printf \"%0250d\" 1); mkdir $n; cd $n; done; touch x",
                "too many for the target"
            ),
        ])
    func refused(make: String, saying: String) throws {
        let project = try DataRulesTests.project()
        try project.write("data/in/good", "good")
        _ = try project.shell(make)
        for arguments in [["run", "-e", "here", "sync"], ["plan", "-e", "here", "sync"]] {
            let output = try ProcessRunner.run(
                ProcessCommand([UnitProject.tool] + arguments, directory: project.root), timeout: 60
            )
            #expect(output.exit == .exited(2))
            #expect(output.standardErrorText.contains(saying), "\(output.standardErrorText)")
        }
        #expect(try !project.exists("out/a/data"))
        #expect(try DataRulesTests.listing(project).exit == .exited(2))
    }

    @Test("a name that is not UTF-8 may be excluded")
    func excludedBytes() throws {
        let project = try DataRulesTests.project("exclude: 'data/in/bad*'")
        try project.write("data/in/good", "good")
        _ = try project.shell(#"touch "data/in/$(printf 'bad\377')""#)
        let (exit, listing) = try DataRulesTests.listing(project)
        #expect(exit == .exited(0))
        #expect(listing.reasons == [#"data/in/bad\xff"#: "excluded by \"data/in/bad*\""])
    }

    @Test("D38: names that differ only in case are sent, with a note")
    func caseTwins() throws {
        let project = try DataRulesTests.project()
        try project.write("data/in/Tp53", "1")
        try project.write("data/in/TP53", "2")
        let (exit, listing) = try DataRulesTests.listing(project)
        #expect(exit == .exited(0))
        #expect(listing.paths == ["data/in/TP53", "data/in/Tp53"])
        #expect(
            listing.notes == [
                "1 name differs from another only in case, such as \"data/in/TP53\" and "
                    + "\"data/in/Tp53\": two files there, one for a copy on Windows or macOS"
            ])
        #expect(
            try project.tool("plan", "-e", "here", "sync").standardOutputText
                .contains("note 1 name differs from another only in case"))
    }
}
