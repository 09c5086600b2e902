import DeployLocking
import Digests
import PipelineEngine
import PipelineLedger
import Posix
import Processes
import Slots
import Testing

@testable import PipelineShipping

/// Whether a deployment would put something older in the place of what a colleague released.
@Suite("A colleague's newer release")
struct SupersedingTests {
    private static let label = "r4-a-0123456789ab"
    /// In seconds since 1970: after anything that is on record here.
    private static let later = Int64(1) << 40

    @Test("is not replaced by older content, image or data, without being asked")
    func newer() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                try scratch.hold()
                let (known, other) = (try scratch.manifest("one").digest, Digest.of("other"))
                let otherImage = "host/p@sha256:\(Digest.of("j").hex)"
                func content(_ manifest: Digest, _ image: String?) -> ReleaseContent {
                    ReleaseContent(
                        environment: "e", image: image, code: nil, manifest: manifest, bundle: nil,
                        settings: "{}")
                }
                func finding(
                    _ live: DeployRecord.Live?, _ wanted: ReleaseContent
                ) throws -> String? {
                    if let live { try scratch.cloud.recordLive(live) }
                    return try Superseding(context: scratch.context, cloud: scratch.cloud)
                        .finding(wanted)
                }
                let mine = content(known, CloudScratch.image)
                #expect(try finding(nil, mine) == nil)
                // His data is of later than what is here.
                let his = scratch.live(Self.label, other, "a", at: Self.later)
                let text = try finding(his, mine)
                #expect(
                    text?.hasPrefix("version \(Self.label) is live, which bob released") == true)
                // Of before, and data that was first seen here just now.
                #expect(try finding(scratch.live(Self.label, other, "a"), mine) == nil)
                // Data that is not on record here yet is made just now.
                #expect(try finding(his, content(Digest.of("new"), CloudScratch.image)) == nil)
                // The same content, whatever it is called.
                let same = scratch.live(Self.label, known, "a", at: Self.later)
                #expect(try finding(same, mine) == nil)
                // The image alone differs: one that is not on record here is made just now, and data says nothing.
                #expect(try finding(same, content(known, otherImage)) == nil)
                #expect(try finding(same, content(known, nil)) != nil)
                try scratch.recordPushed(otherImage)
                #expect(try finding(same, content(known, otherImage)) != nil)
                #expect(
                    try finding(scratch.live(Self.label, known, "a"), content(known, otherImage))
                        == nil
                )
                // Both differ, and only the image is newer here.
                #expect(
                    try finding(his, content(known, "host/p@sha256:\(Digest.of("k").hex)")) == nil)
            }
        }
    }

    @Test(
        "is a colleague's by the clone that made it, or by the deployments that are on record here")
    func whose() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                try scratch.hold()
                let known = try scratch.manifest("one").digest
                let wanted = ReleaseContent(
                    environment: "e", image: CloudScratch.image, code: nil, manifest: known,
                    bundle: nil, settings: "{}")
                func finding(clone: String?) throws -> String? {
                    try scratch.cloud.recordLive(
                        scratch.live(
                            Self.label, Digest.of("other"), "a", at: Self.later, clone: clone))
                    return try Superseding(context: scratch.context, cloud: scratch.cloud)
                        .finding(wanted)
                }
                #expect(try finding(clone: CloneIdentity.id()) == nil)
                #expect(try finding(clone: "bob") != nil)
                // The first format does not say which clone made it.
                #expect(try finding(clone: nil) != nil)
                let release = try scratch.release(known)
                let deployment = try scratch.session.writer.beginDeployment(
                    environment: "e", release: release.number, kind: .deploy, replaces: nil,
                    slot: "a",
                    version: Self.label, run: scratch.session.run, at: .now())
                try scratch.session.writer.endDeployment(deployment, failure: nil, at: .now())
                #expect(try finding(clone: nil) == nil)
                #expect(try finding(clone: "bob") != nil)
            }
        }
    }
}
