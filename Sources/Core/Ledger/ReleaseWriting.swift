import ArchiveHistory
package import Digests
package import Posix
import SQLite

/// Releases, deployments and slots: every commit here survives a power cut before anything outside
/// is changed because of it.
extension LedgerWriter {
    /// Gives the content a number, or finds the release that it is.
    ///
    /// - Parameters:
    ///   - number: the number to give; nil for one above all that the ledger knows.
    ///   - archive: the archive that has given it.
    /// - Returns: the id of the release in the ledger.
    package func recordRelease(
        _ content: ReleaseContent, number: Int64? = nil, archive: String? = nil, commit: String?,
        run: Int64, at now: Timestamp
    ) throws -> Int64 {
        try write(.powerCut) { database in
            let known = try database.prepare(
                """
                SELECT id FROM releases WHERE environment = ?1 AND identity = ?2
                  AND (?3 IS NULL OR number = ?3)
                ORDER BY archive IS NULL, id LIMIT 1
                """
            ).firstRow(content.environment, content.identity, number) { $0.int(0) }
            if let known { return known }
            let highest = try database.prepare("SELECT coalesce(max(number), 0) FROM releases")
                .firstRow { $0.int(0) }
            return try ReleaseRow(
                content: content, number: number ?? (highest ?? 0) + 1, archive: archive,
                commit: commit, createdMs: now.milliseconds, run: run, maker: nil
            ).insert(database)
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

    /// - Parameters:
    ///   - release: its id in the ledger.
    ///   - replaces: the id of the one that was live before.
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
            // After each end that is known: another clone's clock may be ahead of this one's, and of two that are equal
            // no third clone could tell which was later.
            try database.prepare(
                """
                UPDATE deployments SET outcome = ?2, message = ?3,
                  ended_ms = max(?1, (SELECT coalesce(max(o.ended_ms) + 1, 0) FROM deployments o
                    WHERE o.environment = deployments.environment))
                WHERE id = ?4
                """
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

/// A release as it is added to the ledger.
struct ReleaseRow {
    let content: ReleaseContent
    let number: Int64
    let archive: String?
    let commit: String?
    let createdMs: Int64
    /// nil for what another clone made.
    let run: Int64?
    /// nil for what this clone made.
    let maker: Author?

    /// - Returns: its id, which is its number where that is free.
    func insert(_ database: Database) throws -> Int64 {
        try database.prepare(
            """
            INSERT INTO releases (id, number, environment, identity, image, code, manifest, bundle,
              configuration, settings, commit_id, created_ms, run_id, archive, user, host)
            VALUES (CASE WHEN EXISTS (SELECT 1 FROM releases WHERE id = ?1) THEN NULL ELSE ?1 END,
              ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """
        ).run(
            number, content.environment, content.identity, content.image, content.code,
            content.manifest, content.bundle, content.configuration, content.settings, commit,
            createdMs, run, archive, maker?.user, maker?.host)
        return database.lastInsertedRow
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
