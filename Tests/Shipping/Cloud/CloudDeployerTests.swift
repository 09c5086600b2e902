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

@testable import PipelineShipping

/// A deployment to AWS step by step: with a host that does nothing, a record in a scripted S3, and slots in a folder.
@Suite("A deployment to AWS")
struct CloudDeployerTests {
    /// A deployment of a release whose data slot b holds.
    private struct Attempt {
        let scratch: CloudScratch
        let host = FakeHost()
        let manifest: DataManifest
        let release: ReleaseRecord
        var existing: DeployRecord.Live?

        init(filled: Bool = true, environment: String = CloudScratch.environment) throws {
            scratch = try CloudScratch(environment)
            try scratch.hold()
            manifest = try scratch.manifest("one")
            if filled { try scratch.fill("b", with: manifest) }
            release = try scratch.release(manifest.digest)
        }

        func deploy() throws -> String? {
            try CloudDeployer(context: scratch.context, cloud: scratch.cloud, host: host)
                .deploy(release, kind: .deploy, existing: existing)
        }

        /// The error of a deployment that fails.
        func failure() throws -> any Error {
            do { _ = try deploy() } catch { return error }
            throw Failure("unexpected", "it succeeded: \(host.steps)")
        }

        func code() throws -> String { Failure(of: try failure()).code }

        func outcomes() throws -> [String?] {
            try scratch.session.reader.deployments(environment: "e").map(\.outcome)
        }
    }

    private static let all = [
        "confirm 1", "awaitReady", "prepare b", "provide", "run", "prune",
    ]

    @Test("each step is done once and in its order, and then it is on record what is live")
    func order() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let attempt = try Attempt()
                let (scratch, host) = (attempt.scratch, attempt.host)
                scratch.cloud.hasToldToRun = true
                host.onStep = { (step: String) throws in
                    if step == "run" {
                        #expect(!scratch.cloud.hasToldToRun)
                        #expect(try attempt.outcomes() == [nil])
                        #expect(try scratch.cloud.record().live == nil)
                    }
                }
                #expect(try scratch.version() == nil)
                #expect(try attempt.deploy() == nil)
                #expect(host.steps == Self.all)
                #expect(try attempt.outcomes() == ["live"])
                let live = try #require(try scratch.cloud.record().live)
                #expect(live.label.hasPrefix("r1-b-") && live.slot == "b")
                #expect(live.manifest == attempt.manifest.digest.hex)
                #expect(live.image == CloudScratch.image && live.by == "alice")
                #expect(try scratch.calls().contains { $0.hasSuffix(".sqlite") })
                #expect(!scratch.notes.contains { $0.contains("no slot holds") })
                // What is asked from now on is asked again.
                try scratch.answer(
                    "elasticbeanstalk.describe-environments", CloudScratch.described("r1-b-0"))
                #expect(try scratch.version() == "r1-b-0")
            }
        }
    }

    @Test("that nobody can tell which release runs is reported only where it is so")
    func uncertainty() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let basic = "elasticbeanstalk.describe-instances-health.fails"
                for (identity, isBasic) in [("none", true), ("none", false), ("release", true)] {
                    let text = CloudScratch.environment.replacing(
                        "path: /health", with: "path: /health, identity: \(identity)")
                    let attempt = try Attempt(environment: text)
                    if isBasic { try attempt.scratch.answer(basic, "InvalidRequestException") }
                    #expect(try attempt.deploy() == nil)
                    #expect(
                        attempt.scratch.notes.contains { $0.contains("health reporting") }
                            == (identity == "none" && isBasic))
                }
            }
        }
    }

    @Test("where something is lost or cannot be finished nothing is begun")
    func nothingBegun() async {
        await #expect(processExitsWith: .success) {
            reporting {
                var attempt = try Attempt()
                try attempt.scratch.answer("ecr.describe-images.fails", "ImageNotFoundException")
                #expect(try attempt.code() == "image-gone")
                #expect(attempt.host.steps == [])
                #expect(try attempt.outcomes() == [])

                attempt = try Attempt()
                let end = Timestamp(nanoseconds: Timestamp.now().nanoseconds + 300_000_000_000)
                try attempt.scratch.answer(
                    "configure.export-credentials",
                    "{\"Version\": 1, \"Expiration\": \"\(end.iso8601)\"}")
                #expect(try attempt.code() == "credentials-short")
                #expect(attempt.host.steps == [])

                attempt = try Attempt(filled: false)
                try attempt.scratch.lose(attempt.manifest)
                #expect(try attempt.code() == "content-lost")
                #expect(attempt.host.steps == ["confirm 1"])
                #expect(try attempt.outcomes() == [])

                attempt = try Attempt()
                attempt.host.failures["confirm 1"] = Failure("bundle-lost", "no bundle")
                #expect(try attempt.code() == "bundle-lost")
                #expect(attempt.host.steps == ["confirm 1"])
            }
        }
    }

    @Test("data that no slot holds is put into one first, from the store or from another slot")
    func filling() async {
        await #expect(processExitsWith: .success) {
            reporting {
                var attempt = try Attempt(filled: false)
                let (scratch, host) = (attempt.scratch, attempt.host)
                let connection = FolderConnection("\(scratch.root)/efs")
                scratch.cloud.opened = connection
                host.onStep = { (step: String) throws in
                    if step.hasPrefix("prepare") { #expect(connection.isClosed, "it is billed") }
                }
                #expect(try attempt.deploy() == nil)
                #expect(host.steps.contains("prepare a"), "\(host.steps)")
                #expect(try scratch.text("efs/a/data/x") == "one")
                #expect(
                    scratch.notes.contains { $0.contains("no slot holds the data of release 1") })

                // Only another slot has the content; with it there is nothing to look for in the store.
                attempt = try Attempt(filled: false)
                let more = try DataManifest(
                    attempt.manifest.entries + [
                        .init(path: try RelativePath("data/y"), digest: Digest.of("2"), size: 1)
                    ])
                try DataRelease(context: attempt.scratch.context).keep(
                    more, attempt.scratch.session)
                try attempt.scratch.fill("c", with: more)
                try attempt.scratch.write("efs/c/data/x", "one")
                try attempt.scratch.write("efs/c/data/y", "2")
                try attempt.scratch.lose(attempt.manifest)
                #expect(try attempt.deploy() == nil)
                #expect(attempt.host.steps.count == Self.all.count)
            }
        }
    }

    @Test("a colleague's version is run again only while its slot holds its data")
    func existing() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let label = "r7-b-0123456789ab"
                var attempt = try Attempt()
                attempt.existing = attempt.scratch.live(label, attempt.manifest.digest, "b")
                #expect(try attempt.deploy() == nil)
                #expect(
                    attempt.host.steps.prefix(3) == ["confirm \(label)", "awaitReady", "prepare b"])
                #expect(try attempt.scratch.cloud.record().live?.label == label)

                // Another slot has the data; the version reads from its own.
                attempt = try Attempt()
                attempt.existing = attempt.scratch.live(
                    "r7-a-0123456789ab", attempt.manifest.digest, "a")
                #expect(try attempt.code() == "version-gone")
                #expect(attempt.host.steps == ["confirm r7-a-0123456789ab"])

                attempt = try Attempt()
                var moved = attempt.scratch.live(label, attempt.manifest.digest, "b")
                moved.place = "fs-2:/elsewhere"
                attempt.existing = moved
                #expect(try attempt.code() == "version-gone")
                #expect(try attempt.outcomes() == [])
            }
        }
    }

    @Test("what fails before anything was to run is not taken back")
    func failsEarly() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let attempt = try Attempt()
                attempt.host.failures["provide"] = Failure("no-room", "no room")
                #expect(try attempt.code() == "no-room")
                #expect(attempt.host.steps.last == "provide")
                #expect(try attempt.outcomes() == ["failed"])
                #expect(try attempt.scratch.cloud.record().live == nil)
            }
        }
    }

    @Test("what fails later is taken back; what may still be going on is left, and has no outcome")
    func failsLate() async {
        await #expect(processExitsWith: .success) {
            reporting {
                var attempt = try Attempt()
                attempt.host.failures["run"] = Failure("red", "it is red")
                var text = Failure(of: try attempt.failure()).text
                #expect(
                    text.contains("The environment was left as it is: it was changed"), "\(text)")
                #expect(attempt.host.steps.last == "goBack")
                #expect(try attempt.outcomes() == ["failed"])
                #expect(try attempt.scratch.cloud.record().live == nil)

                // Nobody answers at the address.
                attempt = try Attempt()
                attempt.host.address = "http://127.0.0.1:1/"
                text = Failure(of: try attempt.failure()).text
                #expect(attempt.host.steps.last == "goBack", "\(text)")
                #expect(try attempt.outcomes() == ["failed"])

                attempt = try Attempt()
                attempt.host.failures["run"] = StillGoing()
                #expect(try attempt.failure() is StillGoing)
                #expect(attempt.host.steps.last == "run")
                #expect(try attempt.outcomes() == [nil])
            }
        }
    }

    @Test("who has lost the lease takes nothing back, and the error names what was done before")
    func lostLease() async {
        await #expect(processExitsWith: .success) {
            reporting {
                for hasTold in [false, true] {
                    let attempt = try Attempt()
                    let (scratch, host) = (attempt.scratch, attempt.host)
                    host.failures["run"] = Failure("red", "it is red")
                    host.onStep = { (step: String) throws in
                        guard step == "run" else { return }
                        scratch.cloud.hasToldToRun = hasTold
                        try scratch.loseLease()
                    }
                    let error = try attempt.failure()
                    guard case .lost(let name, let done)? = error as? LeaseError else {
                        Issue.record("\(error)")
                        continue
                    }
                    #expect(name == "bob (away)")
                    #expect((done?.contains("now it runs version x") ?? false) == hasTold)
                    #expect(!host.steps.contains("goBack"), "\(host.steps)")
                    #expect(try attempt.outcomes() == ["failed"])
                }
                // What may still be going on is another's by now.
                let attempt = try Attempt()
                attempt.host.failures["run"] = StillGoing()
                attempt.host.onStep = { step in
                    guard step == "run" else { return }
                    try attempt.scratch.loseLease()
                    try? attempt.scratch.cloud.lease?.confirm()
                }
                #expect(try attempt.failure() is LeaseError)
                #expect(try attempt.outcomes() == ["failed"])
            }
        }
    }
}

/// A step whose effect is not known yet.
struct StillGoing: RemoteError { let goesOn = true }
