package import Digests
package import Posix
import SQLite

/// Releases, deployments and slots: every commit here survives a power cut before anything outside
/// is changed because of it.
extension LedgerWriter {
    /// Gives the content a number, or finds the number that it has.
    package func recordRelease(
        _ content: ReleaseContent, commit: String?, run: Int64, at now: Timestamp
    ) throws -> Int64 {
        try write(.powerCut) { database in
            let known = try database.prepare(
                "SELECT number FROM releases WHERE environment = ? AND identity = ?"
            ).firstRow(content.environment, content.identity) { $0.int(0) }
            if let known { return known }
            try database.prepare(
                """
                INSERT INTO releases (environment, identity, image, code, manifest, bundle,
                  configuration, settings, commit_id, created_ms, run_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                content.environment, content.identity, content.image, content.code,
                content.manifest, content.bundle, content.configuration, content.settings, commit,
                now.milliseconds, run)
            return database.lastInsertedRow
        }
    }

    package func recordManifest(
        _ digest: Digest, files: Int, bytes: Int64, at now: Timestamp
    ) throws {
        try write(.powerCut) { database in
            try database.prepare(
                """
                INSERT INTO manifests (digest, files, bytes, created_ms) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
            ).run(digest, files, bytes, now.milliseconds)
        }
    }

    package func beginDeployment(
        environment: String, release: Int64, kind: DeploymentKind, replaces: Int64?, slot: String?,
        version: String? = nil, run: Int64, at now: Timestamp
    ) throws -> Int64 {
        try write(.powerCut) { database in
            try database.prepare(
                """
                INSERT INTO deployments (environment, release, kind, replaces, slot, version, run_id,
                  started_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                environment, release, kind.rawValue, replaces, slot, version, run,
                now.milliseconds)
            return database.lastInsertedRow
        }
    }

    /// - Parameter failure: nil when the release is live now.
    package func endDeployment(_ id: Int64, failure: String?, at now: Timestamp) throws {
        try write(.powerCut) { database in
            try database.prepare(
                "UPDATE deployments SET ended_ms = ?, outcome = ?, message = ? WHERE id = ?"
            ).run(now.milliseconds, failure == nil ? "live" : "failed", failure, id)
        }
    }

    package func recordSlot(
        environment: String, _ slot: SlotRecord, at now: Timestamp
    ) throws {
        try write(.powerCut) { database in
            try database.prepare(
                """
                INSERT INTO slots (environment, name, manifest, generation, state, place, changed_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (environment, name) DO UPDATE SET manifest = excluded.manifest,
                  generation = excluded.generation, state = excluded.state,
                  place = excluded.place, changed_ms = excluded.changed_ms
                """
            ).run(
                environment, slot.name, slot.manifest, slot.generation, slot.state.rawValue,
                slot.place, now.milliseconds)
        }
    }
}

extension SlotRecord {
    package init(
        _ name: String, manifest: Digest?, generation: Int64, state: State, place: String? = nil
    ) {
        self.place = place
        self.name = name
        self.manifest = manifest
        self.generation = generation
        self.state = state
    }
}
