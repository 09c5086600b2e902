import Digests
import Posix
import Processes
import TestServers
import Testing

/// T6: units on nodes that do not see the project's folder and reach its archive alone, on the built program with a real Slurm.
@Suite(
    .serialized,
    .enabled(if: SlurmCluster.isWanted, "no Slurm is installed, or this is not root"))
struct ArchivedClusterTests {
    @Test("T6: all units are made on the node, with the values that this machine makes")
    func made() throws {
        let units =
            ArchivedProject.units + """

                          large: { command: [sh, -c, 'head -c 3000000 /dev/zero | tr "\\\\0" x > "$0"; cat in.txt >> "$0"', "{output}"], inputs: in.txt, outputs: out/large, portable: false }
                          folder: { command: [sh, -c, 'mkdir -p "$0/x"; cp out/large "$0/x/y"; cp unit.sh "$0/run"; chmod +x "$0/run"', "{output}"], inputs: [out/large, unit.sh], outputs: out/folder }
                """
        let archived = try ArchivedProject(8, units: units)
        let project = archived.project
        let first = try archived.run()
        #expect(first.exit == .exited(0), "\(first.standardError) \(first.notes)")
        #expect(first.ran.count == 10, "\(first.ran)")
        #expect(try archived.lines("begin").count == 8)
        #expect(try archived.lines("sees the project").isEmpty)
        #expect(try FileSystem.status(project.root) != nil, "this side sees it")
        #expect(try project.text("out/7.txt") == "content 7 of input\n")
        #expect(try FileSystem.status(project.path("out/folder/run"))?.mode == 0o555)
        // Nothing is left, and what the tasks have sent is not sent again.
        #expect(try archived.handed().isEmpty)
        #expect(try project.shell("find .pipeline/cluster .pipeline/aside-cluster -type f").isEmpty)
        let left = try project.shell(
            "find \(archived.cluster.scratch)/pipeline-tasks-* -name cache -prune -o -type f -print"
        )
        #expect(
            left.split(separator: "\n").allSatisfy { $0.hasSuffix(".pipeline-lock") }, "\(left)")
        #expect(try archived.archive.files("objects").count == 1)
        #expect(try archived.run().ran.isEmpty)
        let sound = try project.tool("verify", "--archive", "--read", "full")
        #expect(sound.exit == .exited(0), "\(sound.standardOutputText)\(sound.standardErrorText)")
        // Here, by this machine.
        let local = try UnitProject(
            project.text("pipeline/pipeline.yaml").split(separator: "\n")
                .filter { !$0.contains("archive") && !$0.contains("executor") }
                .joined(separator: "\n"))
        for name in ["in.txt", "unit.sh"] { try local.write(name, project.text(name)) }
        #expect(try local.run().exit == .exited(0))
        for name in ["out/7.txt", "out/large", "out/folder/x/y", "out/folder/run"] {
            #expect(
                try Digest.ofFile(project.path(name)) == Digest.ofFile(local.path(name)), "\(name)")
        }
        // Another clone fetches all of it.
        let clone = try UnitProject(project.text("pipeline/pipeline.yaml"))
        for name in ["in.txt", "unit.sh"] { try clone.write(name, project.text(name)) }
        #expect(try clone.run().units("fetched").count == 10)
    }

    @Test("T6: workers find the sources of the project on the node, and what they load counts")
    func workers() throws {
        let archived = try ArchivedProject(
            units:
                "          u: { matrix: { n: [a, b] }, inputs: in.txt, outputs: \"out/{n}.txt\" }",
            stage: "    worker: python3 -m work\n    code: [work/*.py]\n")
        let project = archived.project
        try project.addWorkerModule()
        try project.write(
            "work/__main__.py",
            "from pipeline.worker import main\nmain({'u': 'work.unit'})\n")
        try project.write("work/__init__.py", "")
        try project.write("work/helper.py", "def text(name): return name * 2\n")
        try project.write(
            "work/unit.py",
            """
            from pipeline.worker import unit
            from work import helper
            @unit("u")
            def u(job):
                print("made", job.parameters["n"])
                open(job.output, "w").write(helper.text(job.parameters["n"]) + open("in.txt").read())

            """)
        let first = try archived.run()
        #expect(first.ran == ["make/u/a", "make/u/b"], "\(first.standardError) \(first.notes)")
        #expect(try project.text("out/b.txt") == "bbinput\n")
        #expect(try project.tool("logs", "make/u/b").standardOutputText.contains("made b"))
        try project.write("work/helper.py", "def text(name): return name * 3\n")
        #expect(try archived.run().ran == ["make/u/a", "make/u/b"])
        #expect(try project.text("out/a.txt") == "aaainput\n")
    }

    @Test(
        "T6: killed on this side, the nodes go on; the next run takes in what they sent, and no unit runs twice"
    )
    func submitterKilled() throws {
        let archived = try ArchivedProject(8, script: "while ! test -e GATE; do sleep 0.05; done")
        let project = archived.project
        try archived.useGate()
        let victim = try project.start(environment: archived.environment)
        #expect(try project.wait { try !archived.lines("begin").isEmpty })
        victim.signal(9)
        _ = victim.wait()
        try archived.go()
        // Some come in while nobody is there, the rest while the next run waits.
        #expect(try project.wait { try archived.reportedEnds() > 0 })
        let next = try archived.run()
        #expect(next.exit == .exited(0), "\(next.standardError) \(next.notes)")
        #expect(next.ran.count == 8)
        #expect(next.notes.contains { $0.contains("they are taken in") }, "\(next.notes)")
        #expect(try archived.lines("begin").sorted() == (1...8).map { "begin \($0)" })
        #expect(try archived.run().ran.isEmpty)
        #expect(try archived.handed().isEmpty)
    }

    @Test(
        "T6: a task that loses its node starts again elsewhere after the last unit that it had reported"
    )
    func nodeLost() throws {
        let archived = try ArchivedProject(
            3, slurm: "tasks: 1, pack: 60s",
            script: "test $(grep -c begin NOTES) = 1 || while ! test -e GATE; do sleep 0.05; done")
        let project = archived.project
        try archived.useGate()
        try archived.go()
        // Durations are known from here on, so that all go into one task.
        #expect(try archived.run().exit == .exited(0))
        _ = try project.shell(
            "rm -rf \(archived.gate) \(archived.notes) out .pipeline/store \(archived.archive.path)/* .pipeline/archive"
        )
        try project.write("in.txt", "other\n")
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try archived.lines("begin").count == 2 })
        let first = try archived.lines("begin")[0]
        #expect(try project.wait { try archived.reportedEnds() == 1 })
        let slurm = archived.cluster.slurm
        try slurm.ask("scontrol", "update", "NodeName=\(slurm.node)", "State=DOWN", "Reason=test")
        #expect(
            try project.wait {
                try slurm.ask("squeue", "--noheader", "--format=%T").hasPrefix("PENDING")
            })
        try archived.go()
        try slurm.ask("scontrol", "update", "NodeName=\(slurm.node)", "State=RESUME")
        let name = try slurm.ask("squeue", "--noheader", "--format=%j").filter { !$0.isWhitespace }
        try slurm.ask("scontrol", "update", "JobName=\(name)", "StartTime=now")
        let end = run.wait(timeoutMs: 150_000)
        let told = try project.text("run.out")
        #expect(end == .exited(0), "\(told)")
        #expect(try archived.lines("begin").filter { $0 == first }.count == 1)
        #expect(try project.text("out/3.txt") == "content 3 of other\n")
    }

    @Test("T6: a job that somebody cancels fails its units, and what it has sent is kept")
    func cancelled() throws {
        let archived = try ArchivedProject(
            2, slurm: "tasks: 1, pack: 60s", script: "test $1 = 1 || exec sleep 60")
        let project = archived.project
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try archived.lines("begin").count == 2 })
        #expect(try project.wait { try project.exists("out/1.txt") })
        let slurm = archived.cluster.slurm
        let name = try slurm.ask("squeue", "--noheader", "--format=%j").split(separator: "\n").first
        try slurm.ask("scancel", "--name=\(name ?? "")")
        #expect(run.wait(timeoutMs: 60_000) == .exited(1))
        let said = try project.text("run.out")
        #expect(said.contains("\"slurm-cancelled\""), "\(said)")
        #expect(try project.text("out/1.txt") == "content 1 of input\n")
    }
}

extension ArchivedProject {
    /// Writes the places of the gate and the notes into the unit's script.
    func useGate() throws {
        try project.write(
            "unit.sh",
            project.text("unit.sh").replacing("GATE", with: gate).replacing("NOTES", with: notes))
    }
}
