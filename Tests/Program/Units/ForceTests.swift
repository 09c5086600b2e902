import Posix
import Processes
import Testing

/// U37: `--force`, interrupted, and what a plan tells of outputs that the store has; on the built program.
struct ForceTests {
    private func project() throws -> UnitProject {
        let project = try UnitProject.counting(
            8, jobs: 1, seconds: 0.1,
            more: "all: { command: [sh, -c, 'cat out/* > \"$1\"', x, \"{output}\"], "
                + "inputs: out/*, outputs: all }")
        #expect(try project.run().exit == .exited(0))
        return project
    }

    @Test(
        "an interrupted or killed --force resumes where it stopped", arguments: [2, 9] as [Int32])
    func goesOn(signal: Int32) throws {
        let project = try project()
        _ = try project.shell("rm starts")
        for _ in 1...2 {
            let begun = try project.starts()
            let run = try project.start("--force")
            #expect(try project.wait { try project.starts() >= begun + 3 })
            run.signal(signal)
            _ = run.wait()
        }
        let plan = try project.tool("plan", "--force").standardOutputText
        #expect(!plan.contains("9 to run"), "\(plan)")
        let last = try project.run("--force", "-j", "1")
        #expect(last.exit == .exited(0), "\(last.standardError)")
        // Once more only what had not been recorded when the run ended.
        let count = try project.starts()
        #expect((8...12).contains(count), "\(count)")
        #expect(last.notes.contains { $0.contains("interrupted run has made") })
        // It has come to its end: the next one starts over.
        #expect(try project.run("--force").ran.count == 9)
    }

    @Test("another command, or one after another run, starts over")
    func anotherCommand() throws {
        let project = try project()
        _ = try project.shell("rm starts")
        let run = try project.start("--force", "--only", "make/u/*")
        #expect(try project.wait { try project.starts() >= 3 })
        run.signal(2)
        _ = run.wait()
        #expect(try project.run("--force").ran.count == 9)
    }

    @Test("what the store has is distinguished from what runs, by plan, status and why")
    func restores() throws {
        let project = try project()
        _ = try project.shell("rm -rf out all")
        let plan = try project.tool("plan").standardOutputText
        #expect(plan.contains("9 to restore from the store"), "\(plan)")
        #expect(!plan.contains("to run"), "\(plan)")
        #expect(!plan.contains("never run"), "\(plan)")
        let document = try project.tool("status", "--json").standardOutputText
        #expect(document.contains("\"to_restore\":9"), "\(document)")
        let why = try project.tool("why", "make/all").standardOutputText
        #expect(why.contains("restored from the store"), "\(why)")
        let run = try project.run()
        #expect(run.units("restored").count == 9)
        #expect(run.ran.isEmpty)
        // Where the store has lost an intermediate, that runs, and what reads it depends on what comes out.
        _ = try project.shell("rm -rf out .pipeline/store")
        let lost = try project.tool("plan").standardOutputText
        #expect(lost.contains("8 to run"), "\(lost)")
        #expect(lost.contains("1 depends on what comes before"), "\(lost)")
    }
}
