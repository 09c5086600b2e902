import Posix
import Processes
import TestServers
import Testing

/// Units as jobs of a real Slurm cluster, on the built program.
@Suite(
    .serialized,
    .enabled(if: SlurmCluster.isWanted, "no Slurm is installed, or this is not root"))
struct ClusterTests {
    private static let shared = Result { try SlurmCluster() }
    let cluster: SlurmCluster

    init() throws { cluster = try Self.shared.get() }

    /// Units that say in `log` that they begin and end; `hold` makes them wait.
    func project(
        _ count: Int, script: String = "", unit: String = "", slurm: String = "tasks: 2"
    ) throws -> UnitProject {
        let project = try UnitProject(
            onSlurm: slurm,
            units: """
                      u:
                        matrix: { n: { from: 1, to: \(count) } }
                        command: sh unit.sh {n} {output}
                        outputs: "out/{n}.txt"
                \(unit)
                """)
        try project.write(
            "unit.sh",
            """
            echo "begin $1" >> log
            \(script)
            echo "content $1" > "$2"
            echo "end $1" >> log

            """)
        return project
    }

    func run(_ project: UnitProject, _ arguments: String...) throws -> UnitProject.Outcome {
        try project.run(arguments: arguments, environment: cluster.environment)
    }

    func begun(_ project: UnitProject) throws -> [String] {
        try project.text("log").split(separator: "\n").filter { $0.hasPrefix("begin") }
            .map(String.init)
    }

    func says(_ project: UnitProject, _ text: String) -> Bool {
        (try? project.text("log"))?.contains(text) ?? false
    }

    func isQuiet() throws -> Bool {
        try cluster.ask("squeue", "--noheader").isEmpty
    }

    @Test("units run as packed tasks, are recorded by this side, and are up to date afterwards")
    func packed() throws {
        let project = try project(40)
        let first = try run(project)
        #expect(first.exit == .exited(0), "\(first.standardError)")
        #expect(first.ran.count == 40)
        #expect(try project.text("out/17.txt") == "content 17\n")
        #expect(first.notes.contains { $0.hasPrefix("submitted 40 units to Slurm as job") })
        // Many units in a task, so that scheduling costs little.
        #expect(first.notes.contains { $0.hasSuffix(", 4 tasks") }, "\(first.notes)")
        let second = try run(project)
        #expect(second.ran.isEmpty && second.exit == .exited(0))
        #expect(try begun(project).count == 40)
        #expect(
            try project.shell("find .pipeline/cluster .pipeline/aside-cluster -type f").isEmpty)
        // One change, one unit.
        try project.write("out/3.txt", "tampered")
        _ = try project.shell("rm -r .pipeline/store")
        #expect(try run(project).ran == ["make/u/3"])
        #expect(try project.text("out/3.txt") == "content 3\n")
    }

    @Test("U34: what a command opens counts on a node as well")
    func traced() throws {
        let project = try UnitProject(
            units: """
                      a: { command: [sh, a.sh, "{output}"], outputs: out/a }
                      b: { command: [sh, -c, "echo b > $0", "{output}"], outputs: out/b }
                """)
        try project.write("a.sh", ". ./lib.sh\nf > \"$1\"\n")
        try project.write("lib.sh", "f() { echo v1; }\n")
        #expect(try run(project).ran == ["make/a", "make/b"])
        #expect(try run(project).ran.isEmpty)
        try project.write("lib.sh", "f() { echo v2; }\n")
        #expect(try run(project).ran == ["make/a"])
        #expect(try project.text("out/a") == "v2\n")
    }

    @Test("workers stay warm inside a task, what they load counts, and limits hold on the node")
    func workers() throws {
        let project = try UnitProject(
            onSlurm: "tasks: 1",
            stage: "    worker: python3 -m work\n    environment: { PYTHONPATH: \".\" }",
            units: """
                      u:
                        matrix: { n: [a, b, hang, eat, die] }
                        outputs: "out/{n}.txt"
                        timeout: 2s
                        memory: 200M
                """)
        try project.addWorkerModule()
        try project.write(
            "work/__main__.py",
            "from pipeline.worker import main\nmain({'u': 'work.unit'})\n")
        try project.write("work/__init__.py", "")
        try project.write("work/helper.py", "def text(name): return name * 2\n")
        try project.write(
            "work/unit.py",
            """
            import os, time
            from pipeline.worker import unit
            from work import helper
            @unit("u")
            def u(job):
                name = job.parameters["n"]
                if name == "hang": time.sleep(60)
                if name == "die": os._exit(3)
                if name == "eat": held = bytearray(400 << 20); time.sleep(60)
                open("pids", "a").write(f"{os.getpid()}\\n")
                open(job.output, "w").write(helper.text(name))

            """)
        let first = try run(project)
        #expect(first.exit == .exited(1))
        #expect(first.ran == ["make/u/a", "make/u/b"], "\(first.standardError)")
        #expect(first.message(of: "make/u/hang").contains("time limit of 2 s"))
        #expect(first.message(of: "make/u/eat").contains("over its limit of 200 MiB"))
        #expect(first.message(of: "make/u/die").contains("without an answer"))
        #expect(first.message(of: "make/u/die").contains("(on \(cluster.node))"))
        let workers = try Set(project.text("pids").split(separator: "\n"))
        #expect(workers.count <= 4)
        try project.write("work/helper.py", "def text(name): return name * 3\n")
        _ = try run(project)
        #expect(try project.text("out/a.txt") == "aaa")
    }

    @Test("killed on this side, the cluster goes on, and the next run takes in what it did")
    func submitterKilled() throws {
        let project = try project(8, script: "while ! test -e go; do sleep 0.05; done")
        let victim = try project.start(environment: cluster.environment)
        #expect(try project.wait { try project.exists("log") })
        victim.signal(9)
        _ = victim.wait()
        #expect(try !isQuiet())
        try project.write("go", "")
        // Some come in while nobody is there, the rest while the next run waits.
        #expect(try project.wait { says(project, "end") })
        let next = try run(project)
        #expect(next.exit == .exited(0), "\(next.standardError)")
        #expect(next.ran.count == 8)
        #expect(next.notes.contains { $0.contains("they are taken in") }, "\(next.notes)")
        let lines = try begun(project).sorted()
        #expect(lines == (1...8).map { "begin \($0)" })
        #expect(try run(project).ran.isEmpty)
    }

    @Test("what an earlier run submitted is not taken in when its command has changed since")
    func changedMeanwhile() throws {
        let project = try project(4, script: "while ! test -e go; do sleep 0.05; done")
        let victim = try project.start(environment: cluster.environment)
        #expect(try project.wait { try project.exists("log") })
        victim.signal(9)
        _ = victim.wait()
        try project.write(
            "pipeline/pipeline.yaml",
            project.text("pipeline/pipeline.yaml").replacing("{n} {output}", with: "0{n} {output}"))
        try project.write("go", "")
        let next = try run(project)
        #expect(next.exit == .exited(0), "\(next.standardError)")
        #expect(try project.text("out/2.txt") == "content 02\n")
        #expect(try project.wait { try isQuiet() })
    }

    @Test("stopped, the jobs are cancelled; what came back is kept")
    func stopped() throws {
        let project = try project(
            6, script: "test $1 = 1 || while ! test -e go; do sleep 0.05; done",
            slurm: "tasks: 1, pack: 1s")
        let run = try project.start(environment: cluster.environment)
        #expect(try project.wait { try project.exists("out/1.txt") })
        run.signal(15)
        #expect(run.wait(timeoutMs: 30_000) == .exited(143))
        #expect(try project.wait { try isQuiet() })
        try project.write("go", "")
        let next = try self.run(project)
        #expect(next.exit == .exited(0), "\(next.standardError)")
        #expect(next.ran.count == 5)
        #expect(try begun(project).filter { $0 == "begin 1" }.count == 1)
    }

    @Test("a task that loses its node starts again after the last unit that was done")
    func nodeLost() throws {
        let project = try startsAgain {
            _ = try cluster.ask(
                "scontrol", "update", "NodeName=\(cluster.node)", "State=DOWN", "Reason=test")
        } then: {
            _ = try cluster.ask("scontrol", "update", "NodeName=\(cluster.node)", "State=RESUME")
        }
        #expect(try project.text("out/3.txt") == "content 3\n")
    }

    @Test("a task that makes way for an urgent job starts again after the last unit that was done")
    func preempted() throws {
        let project = try startsAgain {
            // All processors: the task cannot stay beside it.
            _ = try cluster.ask(
                "sbatch", "--partition=urgent", "--ntasks=4", "--output=/dev/null", "--wrap=true")
        } then: {
        }
        #expect(try project.text("out/3.txt") == "content 3\n")
    }

    /// One task of three units is taken from its node while the second unit runs, and comes back.
    private func startsAgain(
        after taking: () throws -> Void, then returning: () throws -> Void
    ) throws -> UnitProject {
        // All but the first to begin wait.
        let project = try project(
            3,
            script: "test $(grep -c begin log) = 1 || while ! test -e go; do sleep 0.05; done",
            slurm: "tasks: 1, pack: 60s")
        _ = try project.shell("touch go")
        // Durations are known from here on, so that all go into one task.
        #expect(try run(project).exit == .exited(0))
        _ = try project.shell("rm -r go log out .pipeline/store")
        let process = try project.start(environment: cluster.environment)
        #expect(try project.wait { ((try? begun(project)) ?? []).count == 2 })
        let first = try begun(project)[0]
        try taking()
        let name = try jobName(project)
        #expect(
            try project.wait {
                try cluster.ask("squeue", "--noheader", "--array", "--name=\(name)", "--format=%T")
                    .hasPrefix("PENDING")
            })
        try project.write("go", "")
        try returning()
        // A task that is started again is made to wait for two minutes, else.
        _ = try cluster.ask("scontrol", "update", "JobName=\(name)", "StartTime=now")
        let end = process.wait(timeoutMs: 150_000)
        let said = try project.text("run.err")
        #expect(end == .exited(0), "\(said)")
        #expect(try begun(project).filter { $0 == first }.count == 1)
        return project
    }

    @Test("a task over its time limit fails the unit that ran, and no other")
    func overTime() throws {
        // Slurm counts in minutes.
        let project = try project(
            3, script: "test $1 != 2 || exec sleep 600", slurm: "tasks: 1, time: 1m")
        let process = try project.start("--json", environment: cluster.environment)
        #expect(process.wait(timeoutMs: 300_000) == .exited(1))
        let said = try project.text("run.out")
        #expect(said.contains("slurm-timeout"), "\(said)")
        #expect(said.contains("at its time limit"))
        #expect(try project.text("out/1.txt") == "content 1\n")
        #expect(try project.text("out/3.txt") == "content 3\n")
        #expect(try begun(project).filter { $0 == "begin 1" }.count == 1)
    }
}
