import Posix
import Processes
import TestServers
import Testing

/// How Slurm's tasks may end otherwise than by what their units do.
extension ClusterTests {
    @Test(
        "a task that ends badly before it could tell of its units is reported with its last words"
    )
    func taskEnded() throws {
        // As on a machine that does not have the project's folder.
        let project = try project(2, slurm: "tasks: 1, options: [--chdir=/]")
        let process = try project.start("--json", environment: cluster.environment)
        #expect(process.wait(timeoutMs: 300_000) == .exited(1))
        let said = try project.text("run.out")
        #expect(said.contains("\"slurm-task-ended\""), "\(said)")
        #expect(said.contains("exit code 1:0 on \(cluster.node)"), "\(said)")
        // Its own last words.
        #expect(said.contains("No such file or directory"), "\(said)")
    }

    @Test("a task that is taken away again and again is given up, and the count is reported")
    func lostAgainAndAgain() throws {
        let project = try project(1, script: "kill -KILL $PPID; sleep 60")
        let process = try project.start("--json", environment: cluster.environment)
        #expect(process.wait(timeoutMs: 300_000) == .exited(1))
        let said = try project.text("run.out")
        #expect(said.contains("\"slurm-lost\""), "\(said)")
        #expect(said.contains("lost its task 4 times"), "\(said)")
        #expect(try begun(project).count == 4)
    }

    /// Slurm notices that by cgroups alone, which are not everywhere: here `scontrol` reports it of a task that was killed.
    @Test(
        "a task that Slurm ends for its memory fails the unit that ran, and what to raise is reported"
    )
    func outOfMemory() throws {
        let project = try project(1, script: "kill -KILL $PPID; sleep 60")
        try project.write(
            "tools/scontrol",
            """
            #!/bin/sh
            PATH=${PATH#*:}
            scontrol "$@" | sed "s/JobState=FAILED/JobState=OUT_OF_MEMORY/"

            """)
        try FileSystem.changeMode(project.path("tools/scontrol"), to: 0o755)
        var environment = cluster.environment
        environment["PATH"] = "\(project.path("tools")):\(Environment.value("PATH") ?? "")"
        let process = try project.start(environment: environment)
        #expect(process.wait(timeoutMs: 300_000) == .exited(1))
        let said = try project.text("run.err")
        #expect(said.contains("error[slurm-memory]"), "\(said)")
        #expect(said.contains("next: raise \"memory\""))
    }
}
