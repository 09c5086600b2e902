import AWS
import DeployTargets
import Digests
import FoundationEssentials
import PipelineModel
import Testing

@testable import Beanstalk
@testable import PipelineShipping

@Suite("Environments at AWS, planned without asking anything")
struct CloudTests {
    @Test(
        "labels are read back as they were written, and those of others are not",
        arguments: [("a", 12 as Int64), ("in-place", 1), ("c", 100_000)])
    func labels(slot: String, release: Int64) {
        let label = VersionLabel(release: release, slot: slot, bundle: Digest.of("x"))
        #expect(VersionLabel(label.text) == label)
    }

    @Test(arguments: [
        "app-2026", "r1", "r1-a", "r-a-0123456789ab", "v1-a-0123456789ab", "r1--0123456789ab",
    ])
    func othersLabels(text: String) {
        #expect(VersionLabel(text) == nil)
    }

    private func versions(_ count: Int, key: String = "pipeline/live/x.zip") throws
        -> [BeanstalkVersion]
    {
        let list = (1...count).map { number in
            let digits = String(1_000_000_000_000 + number).suffix(12)
            return """
                {"versionLabel": "r\(number)-a-\(digits)", "dateCreated": "2026-01-\(10 + number)",
                 "sourceBundle": {"s3Bucket": "b", "s3Key": "\(key)"}}
                """
        }
        return try JSONDecoder().decode(
            [BeanstalkVersion].self, from: Data("[\(list.joined(separator: ","))]".utf8))
    }

    @Test("the newest stay, and what is needed whatever its age; never what others made")
    func versions() throws {
        let all = try versions(14)
        let oldest = all[0].versionLabel
        let surplus = VersionSurplus.labels(
            all, needed: [oldest], keep: 10, prefix: "pipeline/live/", firstPrefix: "pipeline/e/",
            made: [])
        #expect(surplus.count == 4)
        #expect(!surplus.contains(oldest))
        #expect(surplus.contains(all[1].versionLabel))
        #expect(
            VersionSurplus.labels(
                try versions(14, key: "eb/app.zip"), needed: [], keep: 1, prefix: "pipeline/live/",
                firstPrefix: "pipeline/e/", made: []) == [])
        // Of another site with an environment of this name only those that this clone has deployed are its own.
        let shared = try versions(3, key: "pipeline/e/x.zip")
        #expect(
            VersionSurplus.labels(
                shared, needed: [], keep: 0, prefix: "pipeline/live/", firstPrefix: "pipeline/e/",
                made: [shared[0].versionLabel]) == [shared[0].versionLabel])
    }

    @Test("only images that this project has pushed and that nothing needs are too many")
    func images() {
        let images = ["sha256:a", "sha256:b", "sha256:c"].map {
            ImageSurplus.Image(digest: $0, tags: [], bytes: nil)
        }
        let surplus = ImageSurplus.images(
            images, needed: ["sha256:b"], known: ["sha256:a", "sha256:b"])
        #expect(surplus.map(\.digest) == ["sha256:a"])
    }

    @Test("what a file system's description means")
    func fileSystem() throws {
        let system = try JSONDecoder().decode(
            EFSFileSystem.self,
            from: Data(
                #"{"fileSystemId": "fs-1", "lifeCycleState": "available", "encrypted": false}"#.utf8
            ))
        let found = FileSystemFacts(system: system, targets: [], lifecycle: [], backup: nil)
            .diagnoses("live")
        #expect(found.map(\.state) == [.good, .warning, .warning, .bad])
        #expect(found.allSatisfy { $0.state == .good || !$0.advice.isEmpty })
    }
}
