package import Digests
import SQLite

/// An immutable, numbered union of code, data and configuration.
package struct ReleaseRecord: Sendable, Hashable {
    package let number: Int64
    package let environment: String
    /// The image by digest, `host/path@sha256:…`; nil where the environment runs code without images.
    package let image: String?
    /// The digest of the code tree that a `preview` runs; nil elsewhere.
    package let code: Digest?
    package let manifest: Digest
    package let bundle: Digest?
    package let configuration: Digest
    /// The site's settings as JSON, so that a rollback starts the site as it was started then.
    package let settings: String
    package let commit: String?
    package let createdMs: Int64
}

/// What makes a release; equal content is the same release.
package struct ReleaseContent: Sendable, Hashable {
    package let environment: String
    package let image: String?
    package let code: Digest?
    package let manifest: Digest
    package let bundle: Digest?
    package let settings: String

    package init(
        environment: String, image: String?, code: Digest?, manifest: Digest, bundle: Digest?,
        settings: String
    ) {
        self.environment = environment
        self.image = image
        self.code = code
        self.manifest = manifest
        self.bundle = bundle
        self.settings = settings
    }

    package var configuration: Digest { Digest.of(settings) }

    package var identity: Digest {
        Digest.of(
            [
                "pipeline-release-1", image ?? "-", code?.hex ?? "-", manifest.hex,
                bundle?.hex ?? "-", configuration.hex,
            ].joined(separator: "\n"))
    }
}

/// One attempt to make an environment run a release.
package struct DeploymentRecord: Sendable, Hashable {
    package let id: Int64
    package let environment: String
    package let release: Int64
    package let kind: DeploymentKind
    package let replaces: Int64?
    package let slot: String?
    /// The label under which the environment knows it; nil for environments of this machine.
    package let version: String?
    package let startedMs: Int64
    package let endedMs: Int64?
    /// `live`, `failed`, `interrupted`, or nil while it goes on.
    package let outcome: String?
    package let message: String?
    package let user: String?
}

package enum DeploymentKind: String, Sendable {
    case deploy, rollback
}

/// What the ledger knows of a data folder of an environment.
package struct SlotRecord: Sendable, Hashable {
    package let name: String
    package let manifest: Digest?
    package let generation: Int64
    package let state: State
    /// Of which place the slot is: a folder, or a server's; nil in a record of an older version.
    package var place: String?

    package enum State: String, Sendable { case empty, writing, complete }
}

extension LedgerReader {
    private static let releaseColumns = """
        SELECT number, environment, image, code, manifest, bundle, configuration, settings,
               commit_id, created_ms FROM releases
        """

    /// Newest first.
    package func releases(environment: String) throws -> [ReleaseRecord] {
        try rows(
            Self.releaseColumns + " WHERE environment = ? ORDER BY number DESC", [environment],
            Self.release
        ).compactMap { $0 }
    }

    package func release(_ number: Int64) throws -> ReleaseRecord? {
        try rows(Self.releaseColumns + " WHERE number = ?", [number], Self.release)
            .first.flatMap { $0 }
    }

    package func release(environment: String, identity: Digest) throws -> ReleaseRecord? {
        try rows(
            Self.releaseColumns + " WHERE environment = ? AND identity = ?",
            [environment, identity], Self.release
        ).first.flatMap { $0 }
    }

    private static func release(_ row: Statement) -> ReleaseRecord? {
        guard let manifest = row.digest(4), let configuration = row.digest(6) else { return nil }
        return ReleaseRecord(
            number: row.int(0), environment: row.text(1), image: row.optionalText(2),
            code: row.digest(3), manifest: manifest, bundle: row.digest(5),
            configuration: configuration, settings: row.text(7), commit: row.optionalText(8),
            createdMs: row.int(9))
    }

    /// Newest first.
    package func deployments(environment: String, limit: Int = 1000) throws -> [DeploymentRecord] {
        try rows(
            """
            SELECT d.id, d.environment, d.release, d.kind, d.replaces, d.slot, d.started_ms,
                   d.ended_ms, d.outcome, d.message, r.user, \(try versionColumn())
            FROM deployments d LEFT JOIN runs r ON r.id = d.run_id
            WHERE d.environment = ? ORDER BY d.id DESC LIMIT ?
            """, [environment, limit]
        ) { row in
            DeploymentRecord(
                id: row.int(0), environment: row.text(1), release: row.int(2),
                kind: DeploymentKind(rawValue: row.text(3)) ?? .deploy,
                replaces: row.optionalInt(4), slot: row.optionalText(5),
                version: row.optionalText(11), startedMs: row.int(6),
                endedMs: row.optionalInt(7), outcome: row.optionalText(8),
                message: row.optionalText(9), user: row.optionalText(10))
        }
    }

    package func slots(environment: String) throws -> [SlotRecord] {
        try rows(
            "SELECT name, manifest, generation, state, place FROM slots WHERE environment = ? ORDER BY name",
            [environment]
        ) { row in
            SlotRecord(
                name: row.text(0), manifest: row.digest(1), generation: row.int(2),
                state: SlotRecord.State(rawValue: row.text(3)) ?? .writing,
                place: row.optionalText(4))
        }
    }

    /// The newest artifact of this kind that a unit has made.
    package func newestArtifact(unit: String, kind: Artifact.Kind) throws -> Artifact? {
        try rows(
            """
            SELECT a.name, a.digest, a.size FROM units u
            JOIN artifacts a ON a.attempt_id = u.success_id
            WHERE u.name = ? AND a.kind = ?
            """, [unit, kind.rawValue]
        ) { row in
            row.digest(1).map {
                Artifact(kind: kind, name: row.text(0), digest: $0, size: row.int(2))
            }
        }.first.flatMap { $0 }
    }
}
