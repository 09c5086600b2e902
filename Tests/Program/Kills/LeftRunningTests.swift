import Posix
import Processes
import Testing

/// U32: what a unit leaves running ends with it, and cannot write to what the unit has made; on the built program.
struct LeftRunningTests {
    private func project(
        _ command: String, limits: String = "", worker: Bool = false
    ) throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
            \(limits)
                units:
                  u:
                    command: [sh, s.sh, "{output}"]
                    outputs: out/u
            """)
        try project.write("s.sh", command + "\n")
        return project
    }

    /// Processes that were started in the project, by their working folder.
    private func left(_ project: UnitProject) -> Int {
        Host.allProcesses().count { pid in
            // try?: a process that has ended, or of another user, works in no folder of the project.
            (try? FileSystem.readLink("/proc/\(pid)/cwd")) == project.root
                && Host.processPlace(pid)?.hasEnded == false
        }
    }

    /// It would write long after the unit has ended; what would is not left.
    private static let late = "sleep 20; echo late >&3"

    @Test(
        "a child in the background, in a session of its own, twice forked, without variables",
        arguments: [
            "(\(late)) >/dev/null 2>&1 &",
            "setsid sh -c '\(late)' >/dev/null 2>&1 </dev/null &",
            "(setsid sh -c '(\(late)) & sleep 5' >/dev/null 2>&1 </dev/null &) &",
            "env -i setsid sh -c '\(late)' >/dev/null 2>&1 </dev/null &",
            "trap '' TERM; (trap '' TERM HUP; \(late)) &",
        ])
    func ended(child: String) throws {
        let project = try project("exec 3>\"$1\"; echo first >&3; \(child)\nsleep 0.1; exit 0")
        let outcome = try project.run()
        #expect(outcome.exit == .exited(0), "\(outcome.standardError)")
        #expect(left(project) == 0)
        #expect(try project.text("out/u") == "first\n")
        #expect(try project.tool("logs", "make/u").standardOutputText.contains("left running"))
        #expect(try project.tool("verify").exit == .exited(0))
    }

    @Test("they count for the time limit and are ended at it")
    func timeLimit() throws {
        let project = try project(
            "setsid sleep 100 & wait; echo x > \"$1\"", limits: "    timeout: 1s")
        let outcome = try project.run()
        #expect(outcome.message(of: "make/u").contains("time limit"))
        #expect(left(project) == 0)
    }

    @Test("memory of a child in a session of its own counts for the limit")
    func memoryLimit() throws {
        let project = try project(
            "setsid python3 -c 'import time; x = bytearray(150 << 20); time.sleep(100)' & wait",
            limits: "    memory: 64M")
        let outcome = try project.run()
        #expect(outcome.message(of: "make/u").contains("MiB of memory"), "\(outcome.events)")
        #expect(left(project) == 0)
    }

    @Test("U39: a log that is larger than memory is shown in bounded memory")
    func largeLog() throws {
        let project = try project("echo begin; exit 3")
        #expect(try project.run().exit == .exited(1))
        let log = try project.shell("find .pipeline/logs -name u.log").filter { !$0.isNewline }
        _ = try project.shell(
            "yes 0123456789abcdef | head -c 100000000 >> \(log); printf '\\nlast\\n' >> \(log)")
        let shown = try project.shell(
            "(ulimit -v 400000; exec \(UnitProject.tool) logs make/u) | sed -n '1p;$p'")
        #expect(shown == "begin\nlast\n")
        let document = try project.shell(
            "(ulimit -v 400000; exec \(UnitProject.tool) logs make/u --json) | grep -o 'is_cut.:[a-z]*'"
        )
        #expect(document.contains("true"))
    }

    @Test("a worker's unit: its children end with it, and the worker goes on, as clean as before")
    func worker() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                jobs: 1
                worker: python3 -m units
                units:
                  u: { matrix: { k: { from: 1, to: 4 } }, outputs: "out/{k}" }
            """)
        try project.addWorkerModule()
        try project.write(
            "units.py",
            """
            import os, subprocess
            from pipeline.worker import unit, main
            os.environ["OF_MODULE"] = "stays"
            ROOT = os.getcwd()
            @unit("u")
            def u(job):
                mask = os.umask(0o077)
                out = open(job.output, "w")
                out.write(f"{mask:o} {os.environ.get('LEFT')} {os.environ['OF_MODULE']} {os.getpid()}\\n")
                out.flush()
                os.environ["LEFT"] = "behind"
                del os.environ["OF_MODULE"]
                os.chdir("/")
                subprocess.Popen(
                    "sleep 20; echo late >&%d" % out.fileno(), shell=True, pass_fds=[out.fileno()],
                    start_new_session=True, cwd=ROOT)
            main()

            """)
        let outcome = try project.run()
        #expect(outcome.exit == .exited(0), "\(outcome.events)")
        #expect(left(project) == 0)
        let lines = try project.shell("cat out/*").split(separator: "\n")
        #expect(lines.count == 4)
        #expect(Set(lines).count == 1, "\(lines)")
        #expect(lines.first?.contains("None stays") == true, "\(lines)")
    }
}
