package import ArchiveHistory
package import Digests
import SQLite

/// An immutable, numbered union of code, data and configuration.
package struct ReleaseRecord: Sendable, Hashable {
    /// Of this ledger's own.
    package let id: Int64
    /// Of its environment's.
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
    /// Who made it and on which machine; nil where that is not on record.
    package var maker: Author?
    /// Whether another clone made it.
    package var isOthers = false
    /// The archive that gave it its number, once in its environment; nil where this clone did.
    package var archive: String?
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
    /// The number of the release.
    package let release: Int64
    /// The release as the ledger has it.
    package let releaseID: Int64
    package let kind: DeploymentKind
    /// The number of the release that was live before.
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
    /// The machine from which it was made; nil where that is not on record.
    package var host: String?
    /// Whether another clone made it.
    package var isOthers = false
    /// The only machine whose site it concerns; nil where the environment is reached from anywhere, and for what this clone did.
    package var machine: String?
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
