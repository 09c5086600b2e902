import Posix
import Processes
import TestServers
import Testing

/// T6: archives that other transports reach, and two nodes.
extension ArchivedClusterTests {
    @Test(
        "T6: over a server that speaks SFTP",
        .enabled(if: SSHServer.isInstalled, "no OpenSSH server"))
    func sftp() throws {
        let server = try SSHServer()
        try makesAll(
            ArchivedProject(
                4,
                archived: "sign: none, transport: sftp, host: 127.0.0.1, port: \(server.port), "
                    + "identity: \(server.identity), known_hosts: \(server.knownHosts)"))
    }

    @Test(
        "T6: over what rclone reaches: WebDAV, and SFTP",
        .enabled(if: RcloneServer.isInstalled, "no rclone"), arguments: ["webdav", "sftp"])
    func rclone(kind: String) throws {
        let server = try RcloneServer(kind)
        try makesAll(
            ArchivedProject(
                4,
                archived: "sign: none, transport: rclone, rclone: { remote: \"\(server.remote)\" }",
                root: "archive"))
        let tasks = server.folder + "/archive/tasks"
        #expect(try FileSystem.status(tasks) == nil || FileSystem.entries(of: tasks).isEmpty)
    }

    @Test(
        "T6: in a bucket, by S3's own protocol",
        .enabled(if: AWSStandIn.isInstalled, "no stand-in for AWS"))
    func bucket() throws {
        let standIn = try AWSStandIn()
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "results", "--create-bucket-configuration",
            "LocationConstraint=\(standIn.region)")
        try makesAll(
            ArchivedProject(
                4,
                archived: "sign: none, transport: s3, s3: { region: \(standIn.region), "
                    + "endpoint: '\(standIn.endpoint)' }", root: "results/archive"),
            standIn.environment())
    }

    /// Runs the four units of a project: on the node, and with the right values.
    private func makesAll(
        _ archived: ArchivedProject, _ environment: [String: String?] = [:]
    ) throws {
        let run = try archived.project.run(
            environment: archived.environment.merging(environment) { $1 })
        #expect(run.exit == .exited(0), "\(run.standardError) \(run.notes)")
        #expect(run.ran == (1...4).map { "make/u/\($0)" })
        #expect(try archived.lines("sees the project").isEmpty)
        #expect(try archived.lines("begin").count == 4)
        for number in 1...4 {
            let text = try archived.project.text("out/\(number).txt")
            #expect(text == "content \(number) of input\n")
        }
        #expect(try archived.handed().isEmpty)
    }

    @Test(
        "T6: a file of the project that opens the archive is not on a node: refused before anything is sent, until its path there is named",
        .enabled(if: RcloneServer.isInstalled, "no rclone"))
    func filesOfNodes() throws {
        let archived = try ArchivedProject(
            4,
            archived:
                "sign: none, transport: rclone, rclone: { remote: 'work:', config: keys.conf }")
        let project = archived.project
        let onNode = archived.cluster.scratch + "/keys.conf"
        for path in [project.path("keys.conf"), onNode] {
            try FileSystem.writeAtomically(Array("[work]\ntype = local\n".utf8), to: path)
        }
        let refused = try archived.run()
        #expect(refused.exit == .exited(1))
        #expect(refused.standardError.contains("task-archive-file"), "\(refused.standardError)")
        #expect(refused.standardError.contains("config: keys.conf"))
        #expect(try archived.lines("begin").isEmpty && archived.archive.files("tasks").isEmpty)
        try project.write(
            "pipeline/pipeline.yaml",
            project.text("pipeline/pipeline.yaml").replacing(
                "data: archive,", with: "data: archive, archive: { config: \(onNode) },"))
        try makesAll(archived)
    }

    @Test(
        "T6: a node without the program that reaches the archive fails its units at once, and its log names the program",
        .enabled(if: RcloneServer.isInstalled, "no rclone"))
    func programMissing() throws {
        let server = try RcloneServer("webdav")
        let archived = try ArchivedProject(
            1, slurm: "tasks: 1, options: ['--export=ALL,PATH=/no/such/folder']",
            archived: "sign: none, transport: rclone, rclone: { remote: \"\(server.remote)\" }",
            root: "archive")
        let run = try archived.run()
        #expect(run.exit == .exited(1))
        let message = run.message(of: "make/u/1")
        #expect(message.contains("does not reach the archive"), "\(message)")
        #expect(!run.notes.contains { $0.contains("submitted again") }, "\(run.notes)")
        let log = try #require(
            message.split(separator: " ").first { $0.hasPrefix("/tmp/pipeline-") })
        let printed = try FileSystem.readText(String(log))
        try FileSystem.remove(String(log))
        #expect(printed.contains("this node has no program \"rclone\""), "\(printed)")
    }

    @Test(
        "T6: a task that is taken from its node starts again on the other one, which has none of its files"
    )
    func otherNode() throws {
        let archived = try ArchivedProject(
            1, slurm: "tasks: 1",
            script:
                "echo \"on $SLURMD_NODENAME\" >> NOTES; while ! test -e GATE; do sleep 0.05; done",
            on: HiddenCluster.pair)
        let project = archived.project
        try archived.useGate()
        try project.write("in.txt", "moved\n")
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try archived.lines("on ").count == 1 })
        let slurm = archived.cluster.slurm
        let first = try #require(archived.lines("on ").first).dropFirst(3)
        try slurm.ask("scontrol", "update", "NodeName=\(first)", "State=DRAIN", "Reason=test")
        defer { _ = try? slurm.ask("scontrol", "update", "NodeName=\(first)", "State=RESUME") }
        let job = try slurm.ask("squeue", "--noheader", "--format=%i|%j").split(separator: "\n")
        let words = try #require(job.first).filter { !$0.isWhitespace }.split(separator: "|")
        try slurm.ask("scontrol", "requeue", String(words[0]))
        #expect(
            try project.wait {
                try slurm.ask("squeue", "--noheader", "--format=%T").hasPrefix("PENDING")
            })
        try slurm.ask("scontrol", "update", "JobName=\(words[1])", "StartTime=now")
        #expect(try project.wait { try archived.lines("on ").count == 2 })
        try archived.go()
        let end = run.wait(timeoutMs: 150_000)
        let told = try project.text("run.out")
        #expect(end == .exited(0), "\(told)")
        #expect(try Set(archived.lines("on ")).count == 2)
        #expect(try project.text("out/1.txt") == "content 1 of moved\n")
    }

    @Test("T6: the tasks of a run are spread over two nodes, each with a disk of its own")
    func twoNodes() throws {
        let archived = try ArchivedProject(
            8, slurm: "tasks: 4",
            script:
                "echo \"on $SLURMD_NODENAME\" >> NOTES; while ! test -e GATE; do sleep 0.05; done",
            on: HiddenCluster.pair)
        let project = archived.project
        try archived.useGate()
        let run = try project.start("--json", environment: archived.environment)
        #expect(try project.wait { try Set(archived.lines("on ")).count == 2 })
        try archived.go()
        let end = run.wait(timeoutMs: 90_000)
        let told = try project.text("run.out")
        #expect(end == .exited(0), "\(told)")
        let node = archived.cluster.slurm.node
        #expect(try Set(archived.lines("on ")) == ["on \(node)-1", "on \(node)-2"])
        #expect(try archived.lines("begin").sorted() == (1...8).map { "begin \($0)" })
        #expect(try archived.lines("sees the project").isEmpty)
        for number in 1...8 {
            #expect(
                try project.text("out/\(number).txt") == "content \(number) of input\n")
        }
        #expect(try archived.run().ran.isEmpty)
    }
}
