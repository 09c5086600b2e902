import Posix
import Processes
import TestServers
import Testing

extension ClusterTests {
    @Test("a job that somebody cancels, or whose units fail, reports it of each unit")
    func cancelled() throws {
        let project = try project(
            4, script: "test $1 != 2 || { echo broken >&2; exit 7; }; test $1 != 3 || exec sleep 60"
        )
        let process = try project.start("--json", environment: cluster.environment)
        #expect(try project.wait { says(project, "begin 3") })
        #expect(try project.wait { says(project, "end 4") })
        _ = try cluster.ask("scancel", "--name=\(try jobName(project))")
        #expect(process.wait(timeoutMs: 60_000) == .exited(1))
        let said = try project.text("run.out")
        #expect(said.contains("\"slurm-cancelled\""), "\(said)")
        #expect(said.contains("was cancelled"))
        #expect(said.contains("the command ended with exit status 7"), "\(said)")
        let log = try project.tool("logs", "make/u/2").standardOutputText
        #expect(log.contains("broken"))
    }

    func jobName(_ project: UnitProject) throws -> String {
        try project.shell("cd .pipeline/cluster && ls -d */").filter {
            !$0.isWhitespace && $0 != "/"
        }
    }

    @Test("what Slurm refuses is said in its words, and nothing is left waiting")
    func refused() throws {
        let project = try project(2, slurm: "partition: nowhere")
        let outcome = try run(project)
        #expect(outcome.exit == .exited(1))
        #expect(
            outcome.standardError.contains("sbatch: invalid partition specified: nowhere"),
            "\(outcome.standardError)")
        #expect(try isQuiet())
        let away = try project.run()
        #expect(away.exit == .exited(1))
        let fine = try project.run(
            environment: ["PATH": "/usr/local/bin/nothing:/bin/nothing"])
        #expect(fine.standardError.contains("is not on the PATH"), "\(fine.standardError)")
    }
}
