import Digests
import Posix
import Processes
import Testing

/// Runs that are killed go on by themselves with the same command.
struct KilledRunTests {
    private static func many(_ count: Int) -> String {
        """
        project: many
        stages:
          compile:
            kind: compile
            worker: python3 -m work
            environment: { PYTHONPATH: "code:." }
            jobs: 2
            units:
              part:
                matrix: { number: { from: 1, to: \(count) } }
                inputs: raw.txt
                outputs: "out/{number:03}.txt"
        """
    }

    private func made(_ count: Int) throws -> UnitProject {
        let project = try UnitProject(Self.many(count))
        try project.addWorkerModule()
        try project.write("raw.txt", "raw\n")
        try project.write("code/work/__init__.py", "")
        try project.write(
            "code/work/__main__.py",
            "from pipeline.worker import main\nmain({'part': 'work.part'})\n")
        try project.write(
            "code/work/part.py",
            """
            import hashlib
            from pipeline.worker import unit
            @unit("part")
            def part(job):
                seed = hashlib.sha256(str(job.parameters["number"]).encode()).digest()
                with open(job.output, "wb") as file:
                    for _ in range(200):
                        seed = hashlib.sha256(seed).digest()
                        file.write(seed * 20)

            """)
        _ = try project.shell("touch -d '1 hour ago' code/work/* raw.txt pipeline/*")
        return project
    }

    private func tree(_ project: UnitProject) throws -> String {
        try project.shell("cd out && sha256sum * | sort")
    }

    @Test("U12: kill -9 of the whole group at ten moments: only units in flight run again")
    func killedGroup() throws {
        let undisturbed = try made(300)
        #expect(try undisturbed.run().exit == .exited(0))
        let project = try made(300)
        var again = 0
        for moment in 1...10 {
            let done = try recorded(project)
            let victim = try project.start()
            let wanted = done + 3 + moment * 2
            _ = try project.wait {
                try recorded(project) >= wanted || victim.poll() != nil
            }
            // The tool and all its workers at once, as a power switch would.
            for worker in Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(project.root)") {
                _ = try? project.shell("kill -9 \(worker)")
            }
            victim.signal(9)
            _ = victim.wait()
            again += 1
        }
        let last = try project.run()
        #expect(last.exit == .exited(0), "\(last.standardError)")
        #expect(try tree(project) == tree(undisturbed))
        let attempts =
            Int(
                try project.shell("sqlite3 .pipeline/ledger.sqlite 'select count(*) from attempts'")
                    .prefix { $0.isNumber }) ?? 0
        // In flight are at most: two being worked on, and two batches whose outputs wait for their
        // record, one being published and the next, of 64 and those two each.
        #expect(
            attempts - 300 <= again * 134, "\(attempts - 300) units ran again after \(again) kills")
        let doneTwice = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite \"select count(*) from (select unit_id from attempts "
                + "where outcome = 'done' group by unit_id having count(*) > 1)\"")
        #expect(doneTwice == "0\n", "what is recorded is never done again")
        #expect(try project.shell("find . -path './.pipeline/aside/*' | wc -l") == "0\n")
    }

    private func recorded(_ project: UnitProject) throws -> Int {
        guard try project.exists(".pipeline/ledger.sqlite") else { return 0 }
        let text = try project.shell(
            "sqlite3 -cmd '.timeout 2000' .pipeline/ledger.sqlite \"select count(*) from attempts where outcome = 'done'\" 2>/dev/null"
        )
        return Int(text.prefix { $0.isNumber }) ?? 0
    }

    @Test("U13: only the tool is killed: its children are ended before anything new starts")
    func killedAlone() throws {
        let project = try UnitProject(
            """
            project: slow
            stages:
              compile:
                units:
                  slow: { command: "sh slow.sh {output}", outputs: out/slow.txt }
            """)
        try project.write(
            "slow.sh", "echo $$ >> pids; [ -e fast ] || sleep 60; echo done > \"$1\"\n")
        let victim = try project.start()
        #expect(try project.wait { try project.exists("pids") })
        _ = try project.shell("kill -9 \(victim.pid)")
        _ = victim.wait()
        let orphan = try project.text("pids").prefix { $0.isNumber }
        #expect(Host.processStart(Int32(orphan) ?? 0) != nil, "it lives on")
        try project.write("fast", "")
        let run = try project.run()
        #expect(run.exit == .exited(0), "\(run.standardError)")
        let left = Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(project.root)")
        #expect(left.isEmpty, "the orphan is gone")
        #expect(try project.text("out/slow.txt") == "done\n")
    }

    @Test("U14: the second of two waits and says for whom; --no-wait gives up")
    func two() throws {
        let project = try UnitProject(
            """
            project: slow
            stages:
              compile:
                units:
                  slow: { command: "sh slow.sh {output}", outputs: out/slow.txt }
            """)
        try project.write(
            "slow.sh",
            "echo run >> runs; while [ ! -e go ]; do sleep 0.05; done; echo done > \"$1\"\n")
        let first = try project.start()
        #expect(try project.wait { try project.exists("runs") })
        let impatient = try project.tool("run", "--no-wait")
        #expect(impatient.exit == .exited(4))
        #expect(impatient.standardErrorText.contains("another run holds this project"))
        let second = try project.start()
        #expect(try project.wait { try project.text("run.err").contains("waiting for") })
        try project.write("go", "")
        #expect(first.wait() == .exited(0))
        #expect(second.wait() == .exited(0))
        #expect(try project.text("runs") == "run\n", "no unit runs twice")
    }

    @Test("U25: SIGINT and SIGTERM end a run in order", arguments: [(2, 130), (15, 143)])
    func signals(signal: Int, code: Int) throws {
        let project = try UnitProject(
            """
            project: slow
            stages:
              compile:
                units:
                  slow: { command: "sh slow.sh {output}", outputs: out/slow.txt }
            """)
        try project.write("slow.sh", "echo $$ > pid; [ -e fast ] || sleep 60; echo done > \"$1\"\n")
        let run = try project.start()
        #expect(try project.wait { try project.exists("pid") })
        _ = try project.shell("kill -\(signal) \(run.pid)")
        #expect(run.wait() == .exited(Int32(code)))
        #expect(Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(project.root)").isEmpty)
        try project.write("fast", "")
        #expect(try project.run().exit == .exited(0))
    }
}
