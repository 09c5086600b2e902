import Digests
import Docker
import Failures
import PipelineEngine
import PipelineModel
import PipelineStore
import Posix
import Slots
import Testing

@testable import PipelineShipping

/// What the leak gate looks for, and before which pushes it looks.
@Suite("The leak gate's list of released data")
struct LeakCheckTests {
    private static func check(_ scratch: CloudScratch) throws -> LeakCheck {
        for stage in scratch.session.project.definition.stages {
            if case .push(let push) = stage.content {
                return LeakCheck(context: scratch.context, stage: stage, push: push)
            }
        }
        throw Failure("unexpected", "there is no push stage")
    }

    @Test("has every release on record and the next one; a list that is damaged stops the push")
    func released() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let manifest = try scratch.manifest("old")
                _ = try scratch.release(manifest.digest)
                try scratch.write("data/x", "new")
                let check = try Self.check(scratch)
                let both = Set(["old", "new"].map { Digest.of($0) })
                #expect(try check.releasedData(scratch.session) == both)
                #expect(scratch.notes == [])
                let list = scratch.context.store.path(of: manifest.digest)
                let text = try FileSystem.readText(list)
                try FileSystem.remove(list)
                #expect(try check.releasedData(scratch.session) == [Digest.of("new")])
                #expect(scratch.notes.contains { $0.contains("the files of 1 old releases") })
                try FileSystem.writeAtomically((text + "x").utf8, to: list)
                do {
                    _ = try check.releasedData(scratch.session)
                    Issue.record("a damaged list was used")
                } catch { #expect(Failure(of: error).code == "leaks-data-unknown") }
            }
        }
    }

    @Test("is used before a push to a registry that everybody can read")
    func applies() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let check = try Self.check(try CloudScratch())
                let applies = try [
                    "public.ecr.aws/x/p:1", "ghcr.io/x/p:1", CloudScratch.image,
                    "127.0.0.1:5000/p:1",
                ].map { check.applies(to: try ImageReference($0)) }
                #expect(applies == [true, true, false, false])
            }
        }
    }
}
