import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

@testable import PipelineEngine

struct ToolProbeTests {
    private func question(_ script: String) -> ToolProbe.Question {
        .init(command: ["sh", "-c", script], environment: ["WORD": "hello"])
    }

    @Test("tools are asked at the same time: each of these waits for the other")
    func sideBySide() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/tools-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
        defer { try? FileSystem.removeTree(folder) }  // try?: a scratch folder of this test
        let pipes = "\(folder)/a \(folder)/b"
        _ = try ProcessRunner.run(ProcessCommand(["sh", "-c", "mkfifo \(pipes)"]))
        let one = question("echo $WORD > \(folder)/a; cat \(folder)/b")
        let two = question("cat \(folder)/a; echo world > \(folder)/b")
        let answers = try ToolProbe().versions([one, two])
        #expect(answers == [one: "world", two: "hello"])
    }

    @Test("a tool that does not end, fails or cannot be found is named")
    func noAnswer() throws {
        for (script, cause) in [("sleep 100", "0.2 s"), ("echo no >&2; exit 3", "status 3")] {
            let error = try #require(throws: ToolFailure.self) {
                _ = try ToolProbe(timeout: 0.2).versions([question(script)])
            }
            #expect(error.failure.text.contains("sh -c \(script)"))
            #expect(error.failure.text.contains(cause))
        }
        let error = try #require(throws: ToolFailure.self) {
            _ = try ToolProbe().versions([.init(command: ["no-such-tool", "-v"], environment: [:])])
        }
        #expect(error.failure.text.contains("\"no-such-tool -v\""))
    }

    @Test("one that was interrupted is no tool without an answer")
    func interrupted() throws {
        let (probe, cancellation) = (ToolProbe(), Cancellation())
        probe.stop(with: cancellation)
        cancellation.cancel()
        #expect(throws: ProcessError.interrupted) {
            _ = try probe.versions([question("sleep 100")])
        }
    }
}
