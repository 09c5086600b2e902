import Posix
import Processes
import Testing

/// What detached runs leave on disk, and runs of kept plans that are detached.
struct DetachedRunTests {
    private static let definition = """
        project: p
        stages:
          make:
            kind: compile
            units:
              one:
                command: sh -c "until test -e go; do sleep 0.05; done; cp in.txt {output}"
                inputs: in.txt
                outputs: one.txt

        """

    @Test(
        "a damaged record of a detached run stops nobody, and attach names the log",
        arguments: ["", "{\"pid\": 1", "[]", "\u{0}\u{1}garbage"])
    func damagedRecord(_ content: String) throws {
        let project = try UnitProject(Self.definition)
        try project.write("in.txt", "x\n")
        try project.write("go", "")
        #expect(try project.tool("run", "--detach").exit == .exited(0))
        #expect(try project.tool("attach").exit == .exited(0))
        try project.write(".pipeline/detached.json", content)
        let attach = try project.tool("attach")
        #expect(attach.exit == .exited(1))
        #expect(
            attach.standardErrorText.contains("error[detached-damaged]"),
            "\(attach.standardErrorText)")
        let log = try #require(
            attach.standardErrorText.firstMatch(of: /\n {8}tail -f (\S+)\n/)?.output.1)
        #expect(try project.text(String(log)).contains("1 ran"))
        #expect(try project.tool("status").exit == .exited(0))
        #expect(try project.tool("stop").standardErrorText.contains("nothing runs here"))
        #expect(try project.run().exit == .exited(0))
        // The next one writes it again.
        #expect(try project.tool("run", "--detach").exit == .exited(0))
        #expect(try project.tool("attach").exit == .exited(0))
    }

    @Test("a kept plan is run detached as it is, and refused at once where it is stale")
    func keptPlan() throws {
        let project = try UnitProject(Self.definition)
        try project.write("in.txt", "x\n")
        #expect(try project.tool("plan", "--save", "kept.plan").exit == .exited(0))
        let started = try project.tool("run", "--plan", "kept.plan", "--detach")
        #expect(started.exit == .exited(0), "\(started.standardErrorText)")
        #expect(started.standardErrorText.contains("run 1 runs in the background"))
        try project.write("go", "")
        let attached = try project.tool("attach")
        #expect(attached.exit == .exited(0))
        #expect(attached.standardErrorText.contains("1 ran"), "\(attached.standardErrorText)")
        #expect(try project.text("one.txt") == "x\n")
        // Done, so it is stale.
        let again = try project.tool("run", "--plan", "kept.plan", "--detach")
        #expect(again.exit == .exited(5), "\(again.standardErrorText)")
        #expect(again.standardErrorText.contains("error[plan-moved]"))
        #expect(again.standardErrorText.contains("nothing was run"))
    }
}
