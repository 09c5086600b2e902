import Digests
import JSON
import PipelineEngine
import PipelineLedger
import Slots

/// The environments of a report, with what each release changed.
extension ReportJSON {
    static func environment(_ environment: ReportContent.Environment) -> JSONValue {
        let report = environment.report
        return .object([
            "environment": .string(report.environment), "kind": .string(environment.kind),
            "live": .int(report.live), "rollback_target": .int(report.fallback),
            "releases": .array(
                report.releases.map { release($0, environment.changes[$0.release.number]) }),
        ])
    }

    private static func release(
        _ entry: ReleasesReport.Entry, _ change: ReleaseChange?
    ) -> JSONValue {
        let release = entry.release
        return .object([
            "release": .int(release.number), "created_ms": .int(release.createdMs),
            "commit": .string(release.commit), "image": .string(release.image),
            "code": .string(release.code?.hex), "manifest": .string(release.manifest.hex),
            "files": .int(entry.size?.files), "bytes": .int(entry.size?.bytes),
            "deployments": .array(entry.deployments.map(deployment)),
            "changes": .optional(change, changes),
        ])
    }

    private static func deployment(_ entry: DeploymentTimeline.Entry) -> JSONValue {
        let deployment = entry.deployment
        var members: [String: JSONValue] = [
            "deployment": .int(deployment.id), "kind": .string(deployment.kind.rawValue),
            "outcome": .string(deployment.outcome), "message": .string(deployment.message),
            "slot": .string(deployment.slot), "user": .string(deployment.user),
            "host": .string(deployment.host),
            "started_ms": .int(deployment.startedMs), "ended_ms": .int(deployment.endedMs),
            "live_from_ms": .null, "live_to_ms": .null,
        ]
        switch entry.state {
        case .live(let since): members["live_from_ms"] = .int(since)
        case .wasLive(let from, let to):
            members["live_from_ms"] = .int(from)
            members["live_to_ms"] = .int(to)
        default: break
        }
        return .object(members)
    }

    private static func changes(_ change: ReleaseChange) -> JSONValue {
        .object([
            "since": .int(change.since), "code": .bool(change.isCodeChanged),
            "settings": .bool(change.areSettingsChanged),
            "commits": .array(
                change.commits.map { commit in
                    .object([
                        "commit": .string(commit.name), "author": .string(commit.author),
                        "time_ms": .int(commit.timeMs), "subject": .string(commit.subject),
                    ])
                }),
            "commits_left_out": .int(change.commitsLeftOut),
            "data": .optional(change.data) { data in
                .object([
                    "added": sum(data.added), "changed": sum(data.changed),
                    "removed": sum(data.removed), "files": .array(data.files.map(file)),
                ])
            },
        ])
    }

    private static func sum(_ sum: ReleaseChange.Sum) -> JSONValue {
        .object(["files": .int(sum.files), "bytes": .int(sum.bytes)])
    }

    private static func file(_ change: ManifestChange) -> JSONValue {
        .object([
            "path": .string(change.path.text), "before": .int(change.before),
            "after": .int(change.after),
        ])
    }
}
