import AWS
import DeployTargets
import Digests
import PipelineEngine
import PipelineLedger
import Posix
import Testing

@testable import PipelineShipping

/// Old application versions are removed after a deployment, by calls to a scripted `aws`.
@Suite("Application versions beyond their number")
struct CloudPruningTests {
    private static func label(_ number: Int) -> String { "r\(number)-a-0123456789ab" }

    /// What AWS lists: five versions of this environment, and one of somebody else's.
    private static func list(_ scratch: CloudScratch) -> String {
        let own = (1...5).map { number in
            """
            {"VersionLabel": "\(label(number))", "DateCreated": "2026-01-0\(number)",
              "SourceBundle": {"S3Bucket": "b", "S3Key": "\(scratch.cloud.site.prefix)x.zip"}}
            """
        }
        let other = """
            {"VersionLabel": "r0-a-0123456789ab", "DateCreated": "2025-01-01",
              "SourceBundle": {"S3Bucket": "b", "S3Key": "theirs/x.zip"}}
            """
        return "{\"ApplicationVersions\": [\((own + [other]).joined(separator: ", "))]}"
    }

    private static func prune(_ scratch: CloudScratch) throws -> [String] {
        let host = try #require(
            scratch.cloud.host(scratch.context, scratch.session, stage: nil))
        host.prune()
        return try scratch.text("aws/calls").split(separator: "\n")
            .filter { $0.contains("delete-application-version") }
            .compactMap { $0.split(separator: " ").last.map(String.init) }
    }

    @Test("the oldest go that nothing needs, on record; what fails is reported and does no harm")
    func surplus() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch(
                    CloudScratch.environment.replacing("app-env }", with: "app-env, versions: 3 }"))
                try scratch.hold()
                let versions = "elasticbeanstalk.describe-application-versions"
                try scratch.answer(versions, Self.list(scratch))
                try scratch.answer("elasticbeanstalk.delete-application-version", "")
                // The oldest runs still; a rollback brings back the one after it.
                try scratch.answer(
                    "elasticbeanstalk.describe-environments",
                    CloudScratch.described(Self.label(1)))
                try scratch.cloud.recordLive(scratch.live(Self.label(2), Digest.of("2"), "a"))
                #expect(try Self.prune(scratch) == [Self.label(4), Self.label(3)])
                #expect(try scratch.session.reader.openIntents(environment: "e").isEmpty)
                #expect(scratch.notes == [])

                try scratch.answer(versions + ".fails", "AccessDenied")
                #expect(try Self.prune(scratch).count == 2)
                #expect(scratch.notes.contains { $0.contains("versions were not removed") })
            }
        }
    }
}
