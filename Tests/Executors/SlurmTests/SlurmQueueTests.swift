import BatchExecution
import Failures
import FoundationEssentials
import Posix
import Slurm
import Testing

/// U40: commands of Slurm that do not answer.
struct SlurmQueueTests {
    @Test("a command that hangs is ended after its time and named")
    func hangs() throws {
        let folder =
            (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-slurm-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
        defer { try? FileSystem.removeTree(folder) }
        for program in ["sbatch", "squeue", "scancel", "scontrol"] {
            let path = "\(folder)/\(program)"
            try FileSystem.writeAtomically("#!/bin/sh\nexec sleep 100\n".utf8, to: path)
            try FileSystem.changeMode(path, to: 0o755)
        }
        let path = "\(folder):" + (Environment.value("PATH") ?? "/usr/bin:/bin")
        let client = SlurmQueue(cancel: nil, timeout: 0.2, environment: ["PATH": path])
        let array = BatchArray(
            name: "n", tasks: 1, atOnce: nil, directory: "/", logs: "/tmp/task", memory: nil)
        for (program, ask) in [
            ("sbatch", { _ = try client.submit(array, command: ["true"]) }),
            ("squeue", { _ = try client.tasks(named: ["n"]) }),
            ("scontrol", { _ = try client.end(of: "1", 0) }),
            ("scancel", { try client.cancelJobs(named: "n") }),
        ] as [(String, () throws -> Void)] {
            let error = #expect(throws: BatchQueueError.self) { try ask() }
            #expect(error?.failure.code == "slurm-hung")
            #expect(error?.failure.text.contains("\(program) did not answer") == true)
            #expect(error?.kind == .hung)
        }
    }
}
