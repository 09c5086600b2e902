import Digests
import Failures
import PipelinePlanning
import Posix
import Testing

@testable import PipelineEngine

/// What is known of files whose units left the definition.
struct StaleFilesTests {
    private func output(_ path: String) -> StaleOutput {
        StaleOutput(path: path, unit: "compile/\(path)", digest: Digest.of("made"))
    }

    @Test(
        "only what is known to be a unit's is passed over; what is unknown is neither that nor a person's own"
    )
    func states() {
        let failure = Failure("system-call", "read \"b\": Input/output error")
        let files = StaleFiles([
            FormerOutput(output: output("a"), state: .stale),
            FormerOutput(output: output("b"), state: .unknown(failure)),
            FormerOutput(output: output("c"), state: .kept(.altered)),
            FormerOutput(output: output("d"), state: .absent),
        ])
        #expect(files.paths == ["a"])
        #expect(files.unknown == ["b": failure])
        #expect(!files.isEmpty)
        #expect(StaleFiles([FormerOutput(output: output("d"), state: .absent)]).isEmpty)
        #expect(!StaleFiles([FormerOutput(output: output("b"), state: .unknown(failure))]).isEmpty)
    }

    @Test("of several units that made one path, the one that made what is there counts")
    func oneOfSeveral() throws {
        let root = try FileSystem.realPath(".")
        let (first, second) = (Digest.of("first"), Digest.of("second"))
        let outputs = [("compile/x", first), ("compile/y", second)].map {
            StaleOutput(path: "Package.swift", unit: $0.0, digest: $0.1)
        }
        for (found, unit) in [(first, "compile/x"), (second, "compile/y")] {
            let states = StaleOutput.states(outputs, declared: [], root: root) { _ in
                .content(found)
            }
            #expect(states.map(\.state) == [.stale])
            #expect(states.map(\.output.unit) == [unit])
        }
        let altered = StaleOutput.states(outputs, declared: [], root: root) { _ in
            .content(Digest.of("third"))
        }
        #expect(altered.map(\.state) == [.kept(.altered)])
    }
}
