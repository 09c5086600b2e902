import Posix
import Processes

/// The agent on this machine over a folder: for what is mounted here, and for tests of the agent itself.
package final class FolderRunner: JobRunner {
    package let scratch: String
    private let objects: String
    private var number = 0

    package init(scratch: String) throws {
        self.scratch = scratch
        objects = scratch + "/objects"
        try FileSystem.createDirectories(objects)
        try FileSystem.writeAtomically(
            Array(AgentProgram.text.utf8), to: "\(scratch)/agent.py")
    }

    package func upload(_ file: String, as name: String) throws {
        try FileSystem.copy(file, to: "\(objects)/\(name)")
    }

    package func download(_ name: String, to file: String) throws {
        try FileSystem.copy("\(objects)/\(name)", to: file)
    }

    package func discard(_ names: [String]) throws {
        // Ours: objects that this runner was given, in a folder that stands for the bucket.
        for name in names { try FileSystem.remove("\(objects)/\(name)") }
    }

    package func run(_ job: [UInt8]) throws -> [UInt8] {
        number += 1
        let name = "job-\(number)"
        try FileSystem.writeAtomically(job, to: "\(objects)/\(name)")
        let output = try ProcessRunner.run(
            ProcessCommand(["python3", "\(scratch)/agent.py", "folder", objects, name]))
        guard output.exit.isSuccess else { throw JobError.agent(output.standardErrorText) }
        defer { try? discard([name, name + ".result"]) }  // try?: ours by its name; scratch
        return try FileSystem.read("\(objects)/\(name).result")
    }
}
