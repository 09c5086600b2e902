import Posix
import Processes
import TestServers
import Testing

/// T6: the disk of a node, and what tasks and killed runs leave.
extension ArchivedClusterTests {
    @Test(
        "T6: a unit that fills its node's disk fails once, with node and folder; the others of its task and of the run are made"
    )
    func fullDisk() throws {
        let archived = try ArchivedProject(
            8, slurm: "tasks: 1",
            script: "if test $1 = 1; then head -c 100000000 /dev/zero > \"$3\" || exit 1; fi",
            on: HiddenCluster.pair)
        let run = try archived.run()
        #expect(run.exit == .exited(1))
        #expect(run.ran == (2...8).map { "make/u/\($0)" }, "\(run.standardError) \(run.notes)")
        let message = run.message(of: "make/u/1")
        let disk = archived.cluster.nodeScratch
        #expect(message.contains("the disk of this node that holds \(disk)/"), "\(message)")
        #expect(message.contains("(on \(Host.name))"), "\(message)")
        #expect(message.contains("name a folder of a larger disk"), "\(message)")
        #expect(try archived.lines("begin").sorted() == (1...8).map { "begin \($0)" })
        #expect(!run.notes.contains { $0.contains("submitted again") }, "\(run.notes)")
    }

    @Test(
        "T6: inputs that do not fit on the node's disk fail their unit at once; one whose output does not fit twice is made"
    )
    func largeFiles() throws {
        let units = """
                      big: { command: [sh, -c, 'cat in.bin > "$0"', "{output}"], inputs: in.bin, outputs: out/big }
                      half: { command: [sh, -c, 'head -c 30000000 /dev/zero > "$0"', "{output}"], inputs: in.txt, outputs: out/half }
            """
        let archived = try ArchivedProject(
            slurm: "tasks: 1", units: units, on: HiddenCluster.pair)
        let project = archived.project
        _ = try project.shell("head -c 60000000 /dev/zero > in.bin")
        let run = try archived.run()
        #expect(run.exit == .exited(1))
        #expect(run.ran == ["make/half"], "\(run.standardError) \(run.notes)")
        #expect(try FileSystem.status(project.path("out/half"))?.size == 30_000_000)
        let message = run.message(of: "make/big")
        #expect(message.contains("the disk of this node that holds"), "\(message)")
        #expect(!run.notes.contains { $0.contains("submitted again") }, "\(run.notes)")
    }

    @Test("T6: the empty log of a task that was killed goes with the next task on its node")
    func emptyLogs() throws {
        let archived = try ArchivedProject(
            1,
            script: "echo \"parent $PPID\" >> NOTES; while ! test -e GATE; do sleep 0.05; done")
        let project = archived.project
        try archived.useGate()
        let run = try project.start(environment: archived.environment)
        #expect(try project.wait { try !archived.lines("parent").isEmpty })
        let name = try archived.cluster.slurm.ask("squeue", "--noheader", "--format=%j")
            .filter { !$0.isWhitespace }
        let log = "/tmp/\(name)-0.log"
        #expect(try FileSystem.status(log)?.size == 0)
        // The task itself: it prints nothing more, and the run submits its unit again.
        let task = try #require(archived.lines("parent").first?.split(separator: " ").last)
        _ = try project.shell("kill -KILL \(task)")
        try archived.go()
        #expect(run.wait(timeoutMs: 90_000) == .exited(0))
        #expect(try project.text("out/1.txt") == "content 1 of input\n")
        #expect(try FileSystem.status(log) == nil)
    }

    @Test(
        "T6: a run that was killed while it sent large inputs does not send again what lies in the archive"
    )
    func sentOnce() throws {
        let units = """
                      u: { command: [sh, -c, 'cat a.bin b.bin > "$0"', "{output}"], inputs: [a.bin, b.bin], outputs: out/u }
            """
        let archived = try ArchivedProject(
            units: units, archived: "sign: none, limit: 100K")
        let project = archived.project
        for name in ["a.bin", "b.bin"] {
            _ = try project.shell("head -c 1500000 /dev/urandom > \(name)")
        }
        let victim = try project.start(environment: archived.environment)
        // The second one waits for the limit. While the first one is written it has another name.
        #expect(
            try project.wait {
                let files = try archived.archive.files("objects")
                return files.count == 1 && !files[0].contains("/.")
            })
        victim.signal(9)
        _ = victim.wait()
        let first = try #require(archived.archive.files("objects").first)
        let sent = try FileSystem.status(first)
        try project.write(
            "pipeline/pipeline.yaml",
            project.text("pipeline/pipeline.yaml").replacing(", limit: 100K", with: ""))
        let run = try archived.run()
        #expect(run.ran == ["make/u"], "\(run.standardError) \(run.notes)")
        let now = try FileSystem.status(first)
        #expect(now?.inode == sent?.inode && now?.changedNs == sent?.changedNs)
        // Both inputs and the output.
        #expect(try archived.archive.files("objects").count == 3)
        let sound = try project.tool("verify", "--archive", "--read", "full")
        #expect(sound.exit == .exited(0), "\(sound.standardOutputText)\(sound.standardErrorText)")
    }
}
