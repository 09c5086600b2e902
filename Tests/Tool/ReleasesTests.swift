import Digests
import Terminal
import Testing

@testable import PipelineCommands
@testable import PipelineLedger

@Suite struct ReleasesTests {
    private let report: ReleasesReport

    init() {
        let timeline = DeploymentTimeline([
            deployment(3, release: 2, endedMs: 30_000, outcome: "failed", message: "died\nlog"),
            deployment(2, release: 1, endedMs: 20_000, outcome: "live", kind: .rollback),
            deployment(1, release: 2, endedMs: 10_000, outcome: "live"),
        ])
        report = ReleasesReport(
            environment: "local",
            releases: [3, 2, 1].map { number in
                ReleasesReport.Entry(
                    release: release(number, commit: "0123456789abcdef-dirty"),
                    size: ManifestSize(files: 331, bytes: 49_300_000),
                    deployments: timeline.entries.filter { $0.deployment.release == number })
            },
            live: timeline.live?.release, fallback: timeline.fallback?.release)
    }

    @Test func theTableMarksWhatIsLiveAndWhatARollbackBringsBack() {
        let (image, data) = (Digest.of("image").short, Digest.of("data").short)
        let rest = "1970-01-01T00:00:00Z  0123456+  \(image)  \(data)    331  49.3 MB"
        #expect(
            ReleasesText.lines([report], style: Style(isEnabled: false), width: nil) == [
                "local",
                "  NO  CREATED               COMMIT    CODE          DATA          FILES     SIZE",
                "   3  \(rest)", "      never deployed",
                "↩  2  \(rest)",
                "      failed 1970-01-01T00:00:30Z: died in slot a",
                "      live from 1970-01-01T00:00:10Z to 1970-01-01T00:00:20Z in slot a",
                "●  1  \(rest)",
                "      live since 1970-01-01T00:00:20Z in slot a by rollback",
                "", "● live, ↩ what rollback brings back",
            ])
    }

    @Test func theTableFitsEightyColumns() {
        let lines = ReleasesText.lines([report], style: Style(isEnabled: false), width: nil)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 })
    }

    @Test func withoutReleasesItSaysHowToMakeOne() {
        let empty = ReleasesReport(environment: "local", releases: [], live: nil, fallback: nil)
        #expect(
            ReleasesText.lines([empty], style: Style(isEnabled: false), width: 80) == [
                "there is no release yet; `pipeline run deploy` makes one"
            ])
        #expect(
            ReleasesJSON.document([empty])
                == #"{"environments":[{"environment":"local","live":null,"releases":[],"#
                + #""rollback_target":null}]}"#)
    }

    @Test func anImageIsNamedByItsDigest() {
        let hex = Digest.of("image").hex
        #expect(ShortDigest.ofImage("host:5000/a@sha256:\(hex)") == String(hex.prefix(12)))
        #expect(ShortDigest.ofImage("host:5000/a:tag") == nil)
        #expect(ShortDigest.shortened("644 \(hex) absent") == "644 \(hex.prefix(12)) absent")
    }
}
