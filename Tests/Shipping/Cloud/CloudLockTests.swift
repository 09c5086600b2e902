import AWS
import DeployLocking
import Digests
import Failures
import PipelineEngine
import PipelineLedger
import Posix
import Processes
import Slots
import Testing
import TransportProviders

@testable import PipelineShipping

/// The right to change an environment, and what of it is another's, with a record in a scripted S3.
@Suite("The lease of an environment at AWS")
struct CloudLockTests {
    private static func puts(_ scratch: CloudScratch) throws -> [String] {
        try scratch.calls().filter { $0.hasPrefix("s3api put-object") }
    }

    @Test(
        "it is taken once in a command; then everything is asked again, and it is given back whole")
    func holding() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let cloud = scratch.cloud
                #expect(throws: CloudError.self) {
                    try cloud.recordSlot("a", manifest: nil, generation: 1)
                }
                #expect(throws: CloudError.self) { try cloud.forgetSlot("a") }
                #expect(try scratch.version() == nil)
                #expect(cloud.fence() == nil)
                try scratch.hold()
                #expect(cloud.lease != nil && cloud.fence()?.number == cloud.lease?.fence)
                #expect(try cloud.record().holder?.name.hasPrefix("alice (") == true)
                try scratch.answer(
                    "elasticbeanstalk.describe-environments", CloudScratch.described("v"))
                #expect(try scratch.version() == "v")
                let count = try Self.puts(scratch).count
                try scratch.hold()
                #expect(try Self.puts(scratch).count == count)

                try cloud.recordSlot("a", manifest: Digest.of("1"), generation: 4)
                try cloud.recordSlot("b", manifest: nil, generation: 5)
                #expect(
                    try cloud.recordedSlots() == [
                        "a": .init(manifest: Digest.of("1").hex, generation: 4),
                        "b": .init(manifest: nil, generation: 5),
                    ])
                try cloud.forgetSlot("a")
                #expect(try Array(cloud.recordedSlots().keys) == ["b"])

                let connection = FolderConnection("\(scratch.root)/efs")
                connection.failure = Failure("stuck", "the server stays")
                cloud.opened = connection
                #expect(cloud.stopping != nil)
                cloud.release(scratch.session)
                #expect(connection.closings == 1 && cloud.opened == nil && cloud.lease == nil)
                #expect(cloud.stopping == nil)
                #expect(scratch.notes.contains { $0.contains("the server stays") })
                #expect(try cloud.store(cancel: nil).read().record.holder == nil)
                try cloud.closeRoute()
                #expect(connection.closings == 1)

                try scratch.hold()
                try scratch.answer("s3api.put-object.fails", "AccessDenied")
                cloud.release(scratch.session)
                #expect(cloud.lease == nil)
                #expect(scratch.notes.contains { $0.contains("the lease was not given back") })
            }
        }
    }

    @Test("who waits for another operator can be stopped")
    func waiting() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                try scratch.hold()
                try scratch.loseLease()
                scratch.cloud.lease = nil
                #expect(throws: LeaseError.self) {
                    try scratch.cloud.hold(
                        scratch.session, reason: "test", options: LeaseOptions(waits: false))
                }
                scratch.onNote = { [cancellation = scratch.session.cancellation] text in
                    if text.contains("waiting for bob (away)") { cancellation.cancel() }
                }
                #expect(throws: ProcessError.self) { try scratch.hold() }
                #expect(scratch.cloud.lease == nil)
            }
        }
    }

    @Test("Beanstalk's own bucket is made where it is missing, and no other")
    func bucket() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let own = try CloudScratch(
                    CloudScratch.environment.replacing(", bucket: b", with: ""))
                try own.answer("s3api.get-object.fails", "NoSuchBucket")
                try own.answer(
                    "elasticbeanstalk.create-storage-location.first",
                    "rm -f $S/s3api.get-object.fails")
                try own.hold()
                #expect(try own.calls().contains("elasticbeanstalk create-storage-location"))
                #expect(own.cloud.lease != nil)

                let named = try CloudScratch()
                try named.answer("s3api.get-object.fails", "NoSuchBucket")
                #expect(throws: (any Error).self) { try named.hold() }
                #expect(try !named.calls().contains("elasticbeanstalk create-storage-location"))
            }
        }
    }

    @Test("where a machine of AWS writes the data, it learns of the new holder first")
    func fence() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch(
                    """
                    kind: data
                    aws: { account: "\(ScriptedAWS.account)", region: us-east-2, bucket: b }
                    data: { route: bucket, root: site, file_system: fs-1, bucket: { bucket: b, instance: i-1 } }

                    """)
                try scratch.hold()
                let key = scratch.cloud.site.fenceKey
                let puts = try Self.puts(scratch)
                #expect(puts.contains { $0.hasSuffix(key) }, "\(puts)")
            }
        }
    }

    @Test("a slot that a site runs from, or would after a rollback, is not written; any other is")
    func use() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                try scratch.hold()
                func uses(_ slots: [String] = ["a", "b", "c"]) throws -> [String] {
                    scratch.cloud.forget()
                    return try slots.compactMap { slot in
                        try scratch.cloud.use(of: slot).map { "\(slot): \($0)" }
                    }
                }
                #expect(try uses() == [])
                let described = "elasticbeanstalk.describe-environments"
                try scratch.answer(described, CloudScratch.described("r3-b-0123456789ab"))
                #expect(
                    try uses() == ["b: version r3-b-0123456789ab is deployed and runs from it"])
                // While a fleet is being updated.
                try scratch.answer(
                    "elasticbeanstalk.describe-instances-health",
                    """
                    {"InstanceHealthList": [{"InstanceId": "i-1"},
                      {"InstanceId": "i-2", "Deployment": {"VersionLabel": "r2-a-0123456789ab"}}]}
                    """)
                #expect(
                    try uses() == [
                        "a: instance i-2 runs version r2-a-0123456789ab from it",
                        "b: version r3-b-0123456789ab is deployed and runs from it",
                    ])
                try scratch.answer(described, nil)
                try scratch.answer("elasticbeanstalk.describe-instances-health", nil)
                let cloud = scratch.cloud
                try cloud.recordLive(scratch.live("r1-a-0123456789ab", Digest.of("1"), "a"))
                try cloud.recordLive(scratch.live("r2-c-0123456789ab", Digest.of("2"), "c"))
                #expect(
                    try uses() == [
                        "a: version r1-a-0123456789ab of bob is what a rollback brings back",
                        "c: version r2-c-0123456789ab of bob runs from it",
                    ])

                // Of two slots the one that is not live must be free.
                let two = try CloudScratch(
                    CloudScratch.environment.replacing("slots: 3", with: "slots: 2"))
                try two.hold()
                try two.cloud.recordLive(two.live("r1-a-0123456789ab", Digest.of("1"), "a"))
                try two.cloud.recordLive(two.live("r2-b-0123456789ab", Digest.of("2"), "b"))
                #expect(try two.cloud.use(of: "a") == nil)
                #expect(try two.cloud.use(of: "b") != nil)
            }
        }
    }

    @Test("a slot that a service of ECS runs from is not written")
    func services() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch(
                    """
                    kind: ecs
                    aws: { account: "\(ScriptedAWS.account)", region: us-east-2, bucket: b }
                    repository: \(ScriptedAWS.account).dkr.ecr.us-east-2.amazonaws.com/p
                    ecs: { cluster: c, services: [{ name: api, container: web }], url: "https://none.invalid/" }
                    data: { root: efs, slots: 3 }
                    site: { health: { path: /health } }

                    """)
                try scratch.answer(
                    "ecs.describe-services",
                    """
                    {"services": [{"serviceName": "api", "taskDefinition": "t:1",
                      "deployments": [{"status": "PRIMARY", "taskDefinition": "t:1"}]}], "failures": []}
                    """)
                try scratch.answer(
                    "ecs.describe-task-definition",
                    """
                    {"taskDefinition": {"containerDefinitions": [{"name": "web", "environment": [
                      {"name": "PIPELINE_VERSION", "value": "r4-b-0123456789ab"}]}]}}
                    """)
                let uses = try ["a", "b", "c"].map { try scratch.cloud.use(of: $0) }
                #expect(
                    uses == [nil, "service api runs version r4-b-0123456789ab from it", nil])
            }
        }
    }

    @Test(
        "an intent to have a version run is on record before it has an effect, and its outcome after"
    )
    func journal() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let journal = LedgerJournal(scratch.context, scratch.session)
                func open() throws -> [String] {
                    try scratch.session.reader.openIntents(environment: "e").map(\.kind)
                }
                let first = try journal.will("create-version", "r1", detail: nil)
                #expect(!scratch.cloud.hasToldToRun)
                #expect(try open() == ["create-version"])
                try journal.did(first)
                #expect(try open() == [])
                for kind in ["update-environment", "update-service"] {
                    scratch.cloud.hasToldToRun = false
                    let intent = try journal.will(kind, "r1", detail: nil)
                    #expect(scratch.cloud.hasToldToRun)
                    try journal.failed(intent, message: "no", isKnown: true)
                    #expect(try open() == [])
                }
                try scratch.hold()
                try journal.confirm()
                try scratch.loseLease()
                #expect(throws: LeaseError.self) { try journal.confirm() }
            }
        }
    }
}
