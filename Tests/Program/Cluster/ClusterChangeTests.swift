import Posix
import Processes
import TestServers
import Testing

/// U28, U40: files that change, queues that stand still and answers that do not come, with a real Slurm.
extension ClusterTests {
    @Test(
        "U28: inputs and scripts that are touched, or get other content, in mid-run: all units are made"
    )
    func changesInMidRun() throws {
        for change in ["touch in.txt unit.sh", "echo two > in.txt"] {
            let project = try project(
                30, script: "sleep 0.05; cat in.txt > /dev/null", unit: "        inputs: in.txt")
            try project.write("in.txt", "one\n")
            let run = try project.start("--json", environment: cluster.environment)
            #expect(try project.wait { try begunCount(project) >= 4 })
            _ = try project.shell(change)
            let exit = run.wait(timeoutMs: 120_000)
            let said = try project.text("run.out")
            #expect(exit == .exited(0), "\(said)")
            #expect(try project.shell("ls out | wc -l") == "30\n")
            if change.hasPrefix("touch") { #expect(try begunCount(project) == 30) }
        }
    }

    private func begunCount(_ project: UnitProject) throws -> Int {
        guard try project.exists("log") else { return 0 }
        return try project.text("log").split(separator: "\n").count { $0.hasPrefix("begin") }
    }

    @Test(
        "U40: a job that cannot start is reported with Slurm's reason, in the run and in status, and can be stopped"
    )
    func pending() throws {
        let project = try project(3)
        _ = try cluster.ask("scontrol", "update", "PartitionName=main", "State=DOWN")
        defer { _ = try? cluster.ask("scontrol", "update", "PartitionName=main", "State=UP") }
        let run = try project.start("--json", environment: cluster.environment)
        #expect(try project.wait { try project.text("run.out").contains("PartitionDown") })
        let said = try project.text("run.out")
        #expect(said.contains("wait (PartitionDown); 0 running"), "\(said)")
        let status = try project.tool(arguments: ["status"], environment: cluster.environment)
            .standardOutputText
        #expect(status.contains("0 running, 3 waiting"), "\(status)")
        #expect(status.contains("PartitionDown"), "\(status)")
        let document = try project.tool(
            arguments: ["status", "--json"], environment: cluster.environment
        ).standardOutputText
        #expect(document.contains("\"waiting\":3"), "\(document)")
        let stop = try project.tool(arguments: ["stop"], environment: cluster.environment)
        #expect(stop.exit == .exited(0))
        #expect(run.wait(timeoutMs: 30_000) == .exited(130))
        #expect(try cluster.ask("squeue", "--noheader").isEmpty)
    }

    @Test("U40: a batch that cannot be read is kept and named, and nothing is submitted beside it")
    func unreadableBatch() throws {
        let project = try project(2)
        let folder = ".pipeline/cluster/pipeline-7-abc"
        try project.write("\(folder)/batch.json", "{\"stage\":")
        try project.write("\(folder)/task-0-0.jsonl", "{}\n")
        let outcome = try project.run(environment: cluster.environment)
        #expect(outcome.exit == .exited(1))
        #expect(
            outcome.standardError.contains("\"batch-unreadable\""), "\(outcome.standardError)")
        #expect(outcome.standardError.contains("pipeline-7-abc"))
        #expect(try project.exists("\(folder)/batch.json"))
        #expect(try begunCount(project) == 0)
        _ = try project.shell("rm -r \(folder)")
        #expect(try project.run(environment: cluster.environment).exit == .exited(0))
    }

    @Test(
        "U40: a batch that was never whole is removed once Slurm has said that it knows nothing of it"
    )
    func neverWhole() throws {
        let project = try project(1)
        try project.write(".pipeline/cluster/pipeline-7-abc/pack-0.jsonl", "")
        let deaf = try project.run(environment: ["PATH": "/bin/nothing"])
        #expect(deaf.exit == .exited(1))
        #expect(try project.exists(".pipeline/cluster/pipeline-7-abc"))
        #expect(try project.run(environment: cluster.environment).exit == .exited(0))
        #expect(try !project.exists(".pipeline/cluster/pipeline-7-abc"))
    }
}
