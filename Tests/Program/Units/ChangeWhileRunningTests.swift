import Posix
import Processes
import Testing

/// U28, U29: files that change during a run, on the built program.
struct ChangeWhileRunningTests {
    /// Thirty units of a command, a script and a shared input; each says in `starts` that it begins.
    private func project(_ script: String = "cat in.txt > \"$1\"") throws -> UnitProject {
        try UnitProject.counting(30, jobs: 2, seconds: 0.05, script)
    }

    /// Runs, and changes something once five units have begun.
    private func run(
        _ project: UnitProject, arguments: [String] = [], _ change: () throws -> Void
    ) throws -> (exit: ProcessExit?, starts: Int) {
        let run = try project.start("--json", environment: [:])
        #expect(try project.wait { try project.starts() >= 5 })
        try change()
        let exit = run.wait(timeoutMs: 60_000)
        return (exit, try project.starts())
    }

    @Test(
        "U28: equal content is no change: no unit runs twice",
        arguments: [
            "touch in.txt s.sh", "chmod 600 in.txt", "ln in.txt other",
            "cp in.txt c; mv c in.txt", "cp -p s.sh c; mv c s.sh",
        ])
    func equalContent(change: String) throws {
        let project = try project()
        let (exit, starts) = try run(project) { _ = try project.shell(change) }
        let errors = try project.text("run.err")
        #expect(exit == .exited(0), "\(errors)")
        #expect(starts == 30)
        #expect(try project.run().ran.isEmpty)
    }

    @Test("U28: an input gets other content: what has not begun runs on it, what ran is made again")
    func inputChanges() throws {
        let project = try project()
        let (exit, _) = try run(project) { try project.write("in.txt", "two\n") }
        let said = try project.text("run.out")
        #expect(exit == .exited(0), "\(said)")
        #expect(try project.shell("ls out | wc -l") == "30\n")
        #expect(try project.text("out/30") == "two\n")
        #expect(said.contains("\\\"in.txt\\\" changed while it ran"), "\(said)")
        // Those that had ended before are kept in this run, and are made again by the next one alone.
        let old = try project.shell("grep -l one out/* | wc -l")
        let next = try project.run()
        #expect("\(next.ran.count)\n" == old)
        #expect(try project.shell("cat out/* | sort -u") == "two\n")
    }

    @Test("U28: a script gets a comment: all units are made")
    func scriptChanges() throws {
        let project = try project()
        let (exit, _) = try run(project) {
            try project.write("s.sh", try project.text("s.sh") + "# a comment\n")
        }
        let errors = try project.text("run.err")
        #expect(exit == .exited(0), "\(errors)")
        #expect(try project.shell("ls out | wc -l") == "30\n")
    }

    @Test("U28: other content, and back again: all units are made of what there is")
    func thereAndBack() throws {
        let project = try project()
        let (exit, _) = try run(project) {
            try project.write("in.txt", "two\n")
            let begun = try project.starts()
            #expect(try project.wait { try project.starts() > begun + 4 })
            _ = try project.shell("rm in.txt; sleep 0.02; echo one > in.txt")
        }
        let errors = try project.text("run.err")
        #expect(exit == .exited(0), "\(errors)")
        _ = try project.run()
        #expect(try project.shell("cat out/* | sort -u") == "one\n")
        #expect(try project.run().ran.isEmpty)
    }

    @Test("U28: an input that never comes to rest fails the unit and names it")
    func neverAtRest() throws {
        let project = try project("echo more >> in.txt; cat in.txt > \"$1\"")
        let outcome = try project.run("--only", "make/u/1")
        #expect(outcome.exit == .exited(1))
        #expect(outcome.message(of: "make/u/1").contains("\"in.txt\" changed each of the 4 times"))
        #expect(try project.starts() == 4)
    }

    @Test("U28: a module that a worker has loaded gets other content: new workers run the rest")
    func moduleChanges() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                jobs: 2
                worker: python3 -m comp.u
                units:
                  u: { matrix: { k: { from: 1, to: 20 } }, outputs: "out/{k}" }
            """)
        try project.addWorkerModule()
        try project.write("comp/__init__.py", "")
        try project.write("comp/h.py", "V = 'v1'\n")
        try project.write(
            "comp/u.py",
            """
            import time
            from pipeline.worker import unit, main
            from comp import h
            @unit("u")
            def u(job):
                open("starts", "a").write("x\\n")
                time.sleep(0.05)
                open(job.output, "w").write(h.V + "\\n")
            main()

            """)
        let (exit, _) = try run(project) { try project.write("comp/h.py", "V = 'v2'\n") }
        let errors = try project.text("run.err")
        #expect(exit == .exited(0), "\(errors)")
        #expect(try project.text("out/20") == "v2\n")
        #expect(try project.text("run.out").contains("comp/h.py\\\" changed after its worker"))
        let old = try project.shell("grep -l v1 out/* | wc -l")
        #expect("\(try project.run().ran.count)\n" == old)
        #expect(try project.shell("cat out/* | sort -u") == "v2\n")
    }

    @Test("U29: outputs of equal content are restored while another unit reads one of them")
    func restoredTwins() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  u:
                    matrix: { k: { from: 1, to: 3 } }
                    command: [sh, s.sh, in.txt, "{output}"]
                    inputs: in.txt
                    outputs: "mid/{k}"
                  v:
                    command: [sh, -c, 'sleep 0.2; cat mid/* x.txt > "$1"', x, "{output}"]
                    inputs: [mid/*, x.txt]
                    outputs: out/v
            """)
        try project.write("in.txt", "one\n")
        try project.write("x.txt", "1\n")
        let script = "cat \"$1\" > \"$2\"; echo v1 >> \"$2\"\n"
        for text in [script, script.replacing("v1", with: "v2")] {
            try project.write("s.sh", text)
            #expect(try project.run().exit == .exited(0))
        }
        for round in 1...4 {
            try project.write("x.txt", "round \(round)\n")
            try project.write("s.sh", script.replacing("v1", with: round % 2 == 1 ? "v1" : "v2"))
            let outcome = try project.run()
            #expect(outcome.exit == .exited(0), "\(outcome.standardError)")
            #expect(outcome.ran == ["make/v"])
        }
    }

    /// Alters an intermediate while a unit reads it that another one reads after it.
    private func altersIntermediate(
        _ change: String
    ) throws -> (project: UnitProject, exit: ProcessExit?, said: String) {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                jobs: 1
                units:
                  a: { command: [cp, in.txt, "{output}"], inputs: in.txt, outputs: mid/a }
                  b:
                    command: [sh, -c, 'touch begun; sleep 0.5; cp mid/a "$1"', x, "{output}"]
                    inputs: mid/a
                    outputs: mid/b
                  c: { command: [cp, mid/a, "{output}"], inputs: [mid/a, mid/b], outputs: out/c }
            """)
        try project.write("in.txt", "one\n")
        let run = try project.start("--json")
        #expect(try project.wait { try project.exists("begun") })
        _ = try project.shell(change)
        return (project, run.wait(timeoutMs: 60_000), try project.text("run.out"))
    }

    @Test("U8: an intermediate that is altered in mid-run is put back before a unit reads it")
    func alteredIntermediate() throws {
        let (project, exit, said) = try altersIntermediate("rm -f mid/a; echo BYHAND > mid/a")
        #expect(exit == .exited(0), "\(said)")
        #expect(try project.shell("cat mid/a mid/b out/c") == "one\none\none\n")
        #expect(said.contains("was altered after make/a had made it"))
    }

    @Test("U8: an intermediate that is altered in mid-run and is lost is not built on")
    func lostIntermediate() throws {
        let (project, exit, said) = try altersIntermediate(
            "rm -rf mid/a .pipeline/store; echo BYHAND > mid/a")
        #expect(exit == .exited(1), "\(said)")
        #expect(said.contains("\"input-altered\""), "\(said)")
        #expect(try !project.exists("out/c"))
    }
}
