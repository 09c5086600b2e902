import ArchiveHistory
import Digests
import JSON
import PipelineLedger

/// Releases for programs: one JSON document.
enum ReleasesJSON {
    static func document(_ reports: [ReleasesReport]) -> String {
        JSONValue.object(["environments": .array(reports.map(report))]).text
    }

    private static func report(_ report: ReleasesReport) -> JSONValue {
        .object([
            "environment": .string(report.environment), "live": .int(report.live),
            "rollback_target": .int(report.fallback),
            "releases": .array(report.releases.map(entry)),
        ])
    }

    private static func entry(_ entry: ReleasesReport.Entry) -> JSONValue {
        let release = entry.release
        return .object([
            "release": .int(release.number), "created": .time(release.createdMs),
            "commit": .string(release.commit), "image": .string(release.image),
            "code": .string(release.code?.hex), "manifest": .string(release.manifest.hex),
            "configuration": .string(release.configuration.hex),
            "files": .int(entry.size?.files), "bytes": .int(entry.size?.bytes),
            "user": .string(release.maker?.user), "host": .string(release.maker?.host),
            "other_clone": .bool(release.isOthers),
            "deployments": .array(entry.deployments.map(DeploymentJSON.value)),
        ])
    }
}
