import DeployLocking
import Digests
import Failures
import JSON
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

    @Test("is chosen again under the lease, and only a change of it is reported")
    func underLease() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let manifests = try ["1", "2", "3"].map { try scratch.manifest($0).digest }
                let labels = ["r1-a-0123456789ab", "r2-b-0123456789ab", "r3-c-0123456789ab"]
                for (manifest, label) in zip(manifests, labels) {
                    try Self.deploy(scratch, try scratch.release(manifest), label)
                }
                let rollback = try Rollback(
                    scratch.session.project, scratch.context.environment, session: scratch.session)
                // It fails, since nothing of the release is at AWS, after its target was chosen again.
                #expect(try !rollback.run(to: 1).succeeded)
                #expect(try scratch.calls().contains { $0.hasPrefix("s3api put-object") })
                #expect(!scratch.notes.contains { $0.contains("has changed meanwhile") })

                try scratch.hold()
                for index in [0, 1] {
                    try scratch.cloud.recordLive(
                        scratch.live(labels[index], manifests[index], "a", at: 1))
                }
                scratch.cloud.release(scratch.session)
                // While the lease is taken a colleague releases.
                let changed = try RecordChange(
                    scratch, live: scratch.live(labels[2], manifests[2], "c"))
                try scratch.answer("s3api.put-object.first", changed.script)
                let later = try Rollback(
                    scratch.session.project, scratch.context.environment, session: scratch.session)
                #expect(try !later.run(to: nil).succeeded)
                #expect(
                    scratch.notes.contains { $0.contains("going back to 2") }, "\(scratch.notes)")
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

/// A colleague's change of the record, made by the script of `aws` once, right before the next write is looked at.
private struct RecordChange {
    let script: String

    init(_ scratch: CloudScratch, live: DeployRecord.Live) throws {
        let store = try scratch.cloud.store(cancel: nil)
        var record = try store.read().record
        record.setLive(live)
        let path = "\(scratch.root)/aws/changed"
        try FileSystem.writeAtomically(
            Array(try JSONValue.encode(record).indentedText().utf8), to: path)
        script = "[ ! -e \(path) ] || mv \(path) $S/objects/$(printf %s \"$6\" | tr / :)"
    }
}
