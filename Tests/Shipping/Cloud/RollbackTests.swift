import DeployLocking
import Digests
import Failures
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Slots
import Testing

@testable import PipelineEngine
@testable import PipelineShipping

/// To which release a rollback goes, in an environment that several operators change.
@Suite("The target of a rollback")
struct RollbackTests {
    private static func describe(_ target: Rollback.Target) -> String {
        switch target {
        case .own(let release): "own \(release.number)"
        case .shared(let live, _): "shared \(live.label)"
        }
    }

    private static func target(
        _ scratch: CloudScratch, _ number: Int64? = nil
    ) throws -> String {
        do {
            return describe(
                try Rollback(
                    scratch.session.project, scratch.context.environment, session: scratch.session
                ).target(number))
        } catch let error as ShippingError { return Failure(of: error).code }
    }

    private static func deploy(
        _ scratch: CloudScratch, _ release: ReleaseRecord, _ label: String
    ) throws {
        let id = try scratch.session.writer.beginDeployment(
            environment: "e", release: release.number, kind: .deploy, replaces: nil, slot: "a",
            version: label, run: scratch.session.run, at: .now())
        try scratch.session.writer.endDeployment(id, failure: nil, at: .now())
    }

    @Test(
        "is what the operators have on record as live before, by its content, no matter who released it"
    )
    func previous() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                #expect(try Self.target(scratch) == "nothing-to-roll-back-to")
                let (first, second) = (
                    try scratch.manifest("1").digest, try scratch.manifest("2").digest
                )
                let label = "r1-a-0123456789ab"
                // Of this clone alone, while the record says nothing.
                try Self.deploy(scratch, try scratch.release(first), label)
                try Self.deploy(scratch, try scratch.release(second), "r2-b-0123456789ab")
                #expect(try Self.target(scratch) == "own 1")
                #expect(try Self.target(scratch, 2) == "own 2")
                #expect(try Self.target(scratch, 3) == "no-such-release")

                try scratch.hold()
                func previous(_ live: DeployRecord.Live) throws -> String {
                    try scratch.cloud.recordLive(live)
                    try scratch.cloud.recordLive(
                        scratch.live("r9-c-0123456789ab", Digest.of("now"), "c"))
                    return try Self.target(scratch)
                }
                #expect(try previous(scratch.live(label, first, "a")) == "own 1")
                // Another clone's release of the same number, with other data or another image.
                #expect(try previous(scratch.live(label, second, "a")) == "shared \(label)")
                let image = "host/p@sha256:\(Digest.of("j").hex)"
                #expect(
                    try previous(scratch.live(label, first, "a", image: image)) == "shared \(label)"
                )
                #expect(
                    try previous(scratch.live("r5-a-0123456789ab", first, "a"))
                        == "shared r5-a-0123456789ab")
            }
        }
    }

    @Test("is no release of another environment")
    func otherEnvironment() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let number = try scratch.session.writer.recordRelease(
                    ReleaseContent(
                        environment: "other", image: nil, code: nil,
                        manifest: try scratch.manifest("1").digest, bundle: nil, settings: "{}"),
                    commit: nil, run: scratch.session.run, at: .now())
                #expect(try Self.target(scratch, number) == "no-such-release")
            }
        }
    }
}
