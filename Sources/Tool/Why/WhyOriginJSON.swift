import ArchiveHistory
import Digests
import JSON
import PipelineLedger
import PipelinePlanning

/// Where things come from and what is made of them, for programs: whole lists.
enum WhyOriginJSON {
    static func back(_ report: Provenance) -> JSONValue {
        .object([
            "subject": .string("origin"), "path": .string(report.path),
            "sha256": .string(report.digest?.hex), "bytes": .int(report.size),
            "release": .int(report.release?.number),
            "run": .optional(report.run) { .object(StatusJSON.run($0)) },
            "units": .array(report.steps.map(AttemptJSON.value)),
            "raw": .array(report.raw.map(source)), "code": .array(report.code.map(source)),
        ])
    }

    private static func source(_ source: Provenance.Source) -> JSONValue {
        .object([
            "path": .string(source.path), "sha256": .string(source.digest),
            "now": .string(source.now),
        ])
    }

    static func forward(_ report: Dependents) -> JSONValue {
        .object([
            "subject": .string("uses"), "path": .string(report.path),
            "sha256": .string(report.digest?.hex), "made_by": .string(report.maker),
            "direct": .strings(report.direct), "indirect": .strings(report.indirect),
            "outputs": .strings(report.outputs), "images": .strings(report.images),
            "releases": .array(
                report.releases.map { holding in
                    .object([
                        "release": .int(holding.release),
                        "environment": .string(holding.environment),
                        "state": .string(holding.state.rawValue),
                        "files": .strings(holding.files), "is_data": .bool(holding.isData),
                        "is_code": .bool(holding.isCode),
                        "contents": .strings(holding.contents.sorted()),
                    ])
                }),
        ])
    }

    static func release(_ report: WhyRelease) -> JSONValue {
        .object([
            "subject": .string("release"), "release": .int(report.release.number),
            "environment": .string(report.release.environment),
            "created": .time(report.release.createdMs), "commit": .string(report.release.commit),
            "before": .int(report.before?.number),
            "user": .string(report.release.maker?.user),
            "host": .string(report.release.maker?.host),
            "run": .optional(report.run) { .object(StatusJSON.run($0)) },
            "deployments": .array(report.deployments.map(DeploymentJSON.value)),
            "changes": .array(
                report.changes.map {
                    .object([
                        "component": .string($0.name), "before": .string($0.before),
                        "after": .string($0.after),
                    ])
                }),
            "files": .optional(report.data) { files in
                .array(
                    files.map { file in
                        .object([
                            "path": .string(file.path), "change": .string(file.kind.rawValue),
                            "unit": .string(file.maker?.unit), "run": .int(file.maker?.run),
                            "reasons": .strings(file.maker?.reasons ?? []),
                        ])
                    })
            },
        ])
    }
}
