import Failures
import Posix
import S3Relay
import Slots
import Testing

/// The route by way of a bucket, its agent run on this machine.
@Suite struct BucketTransportTests {
    @Test func conforms() throws {
        let scratch = try ScratchFolder()
        try FileSystem.createDirectories(scratch.path + "/local")
        let host = DataHost(
            try FolderRunner(scratch: scratch.path + "/runner"), root: scratch.path + "/data",
            owner: nil, fileSystem: nil)
        try TransportConformance.check(host.route("a"), local: try ScratchFolder())
    }

    @Test func anAgentThatFailsIsToldInItsWords() throws {
        let scratch = try ScratchFolder()
        let runner = try FolderRunner(scratch: scratch.path + "/runner")
        let error = #expect(throws: JobError.self) { try runner.run(Array("{".utf8)) }
        #expect(error?.failure.code == "agent-failed")
        // On the way to data it is the way's own reason.
        try FileSystem.remove(scratch.path + "/runner/agent.py")
        let host = DataHost(
            runner, root: scratch.path + "/data", owner: nil, fileSystem: nil)
        let lost = #expect(throws: TransportError.self) {
            try host.route("a").status(of: RelativePath("x"))
        }
        #expect(lost?.failure.code == "route-failed", "\(String(describing: lost))")
    }
}
