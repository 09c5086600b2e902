import Posix
import Processes
import Testing

/// A run of a saved plan while what that rests on changes.
struct PlannedRunTests {
    /// A project with a release of data, a plan for the next one, and a unit that waits for the file `go`.
    private func planned() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  one:
                    command: sh -c "touch begun; until test -e go; do sleep 0.05; done; cp in.txt {output}"
                    inputs: in.txt
                    outputs: out/one.txt
              sync: { kind: sync, needs: compile, data: [out] }

            """)
        try project.write(
            "pipeline/environments/lab.yaml",
            "kind: data\ndata: { root: .pipeline/there, slots: 2 }\n")
        try project.write("in.txt", "one\n")
        try project.write("go", "")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        try project.write("in.txt", "two\n")
        let plan = try project.tool("plan", "sync", "--save", "kept.plan")
        #expect(plan.exit == .exited(0), "\(plan.standardErrorText)")
        _ = try project.shell("rm go begun")
        return project
    }

    /// - Returns: how the run ended, and what it said.
    private func run(
        _ project: UnitProject, meanwhile: () throws -> Void
    ) throws -> (exit: ProcessExit?, said: String) {
        let run = try project.start("--plan", "kept.plan")
        #expect(try project.wait { try project.exists("begun") })
        try meanwhile()
        try project.write("go", "")
        return (run.wait(timeoutMs: 60_000), try project.text("run.err"))
    }

    @Test(
        "what changes at the other end while a plan is run stops it before the stage that rests on that"
    )
    func targetMoves() throws {
        let project = try planned()
        let (exit, said) = try run(project) { _ = try project.shell("rm -r .pipeline/there/*") }
        #expect(exit == .exited(5), "\(said)")
        #expect(said.contains("error[plan-moved]"), "\(said)")
        #expect(said.contains("stage \"sync\" was not begun"), "\(said)")
        #expect(said.contains("slot "), "\(said)")
        // What was done before is kept, and nothing went there.
        #expect(try project.text("out/one.txt") == "two\n")
        #expect(try project.shell("ls there").isEmpty)
        let next = try project.run("sync")
        #expect(next.exit == .exited(0), "\(next.standardError)")
        #expect(!next.ran.contains("compile/one"))
    }

    @Test(
        "an input that changes under a planned unit fails it, and the stages after it are not begun"
    )
    func inputMoves() throws {
        let project = try planned()
        let (exit, said) = try run(project) { try project.write("in.txt", "three\n") }
        #expect(exit == .exited(1), "\(said)")
        #expect(said.contains("error[input-changed]"), "\(said)")
        #expect(try project.shell("cat .pipeline/there/*/out/one.txt") == "one\n")
    }

    @Test("where nothing moves the whole plan is run")
    func stays() throws {
        let project = try planned()
        let (exit, said) = try run(project) {}
        #expect(exit == .exited(0), "\(said)")
        #expect(try project.shell("cat .pipeline/there/*/out/one.txt").contains("two\n"))
    }
}
