import Posix
import Processes
import Testing

/// A person's own file at the path of an output is kept, whatever it is and however it got there.
struct OwnFileTests {
    private let project: UnitProject

    init() throws {
        project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  a: { command: [sh, -c, "cat in > $0", "{output}"], inputs: in, outputs: out/a }
                  b: { command: [sh, -c, "cat out/a > $0", "{output}"], inputs: out/a, outputs: out/b }
            """)
        try project.write("in", "one\n")
    }

    /// All that was kept, with its paths.
    private func kept() throws -> String {
        try project.shell("cd .pipeline/replaced && grep -r . . | sed 's|^./[^/]*/||' | sort")
    }

    private func run() throws -> UnitProject.Outcome {
        let outcome = try project.run()
        #expect(outcome.exit == .exited(0), "\(outcome.standardError)")
        return outcome
    }

    @Test("a file that was there before the first run")
    func before() throws {
        try project.write("out/a", "mine\n")
        let first = try run()
        #expect(try project.text("out/a") == "one\n")
        #expect(try kept() == "out/a:mine\n")
        #expect(first.notes.contains { $0.contains("moved to .pipeline/replaced/") })
    }

    @Test(
        "an output that a person has edited",
        arguments: ["echo edited > out/a", "echo edited > new; mv -f new out/a"])
    func edited(how: String) throws {
        _ = try run()
        _ = try project.shell(how)
        try project.write("in", "two\n")
        _ = try run()
        #expect(try project.text("out/a") == "two\n")
        #expect(try kept() == "out/a:edited\n")
    }

    @Test("a link that leads elsewhere, and what it leads to")
    func link() throws {
        _ = try run()
        try project.write("thesis", "mine\n")
        _ = try project.shell("ln -sf ../thesis out/a")
        _ = try run()
        #expect(try project.text("thesis") == "mine\n")
        #expect(try project.text("out/a") == "one\n")
        #expect(try project.shell("readlink .pipeline/replaced/*/out/a") == "../thesis\n")
    }

    @Test("files in a folder that a link puts in the place of the outputs' folder")
    func folderLink() throws {
        try project.write("theirs/a", "mine\n")
        _ = try project.shell("ln -s theirs out")
        _ = try run()
        #expect(try kept() == "out/a:mine\n")
    }

    @Test("what units made, and what the store holds, is replaced without a word")
    func ours() throws {
        _ = try run()
        try project.write("in", "two\n")
        let second = try run()
        try project.write("in", "one\n")
        let third = try run()
        #expect((second.notes + third.notes).filter { $0.contains("replaced") } == [])
        #expect(try !project.exists(".pipeline/replaced"))
    }

    @Test(
        "what appears at an output's path while its unit runs",
        arguments: [
            ("out/x", "cat in > $0", "echo mine > out/x", "out/x:mine\n"),
            ("out/x", "cat in > $0", "echo mine > new; mv -f new out/x", "out/x:mine\n"),
            ("out/d", "mkdir $0; cat in > $0/f", "echo mine > out/d/own", "out/d/own:mine\n"),
        ])
    func whileItRuns(output: String, make: String, meanwhile: String, lost: String) throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  u: { command: [sh, -c, '[ ! -e flag ] || sh meanwhile; \(make)', "{output}"], inputs: in, outputs: \(output) }
            """)
        try project.write("in", "one\n")
        try project.write("meanwhile", "chmod -R u+w out; \(meanwhile)\n")
        #expect(try project.run().exit == .exited(0))
        try project.write("flag", "")
        try project.write("in", "two\n")
        let run = try project.run()
        #expect(run.exit == .exited(0), "\(run.standardError) \(run.message(of: "make/u"))")
        #expect(try project.shell("cat out/x out/d/f 2> /dev/null") == "two\n")
        let kept = try project.shell("cd .pipeline/replaced && grep -r . . | sed 's|^./[^/]*/||'")
        #expect(kept.contains(lost), "\(kept)")
    }
}
