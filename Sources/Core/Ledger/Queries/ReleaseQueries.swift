import ArchiveHistory
package import Digests
import SQLite

/// How much data a manifest names.
package struct ManifestSize: Sendable, Hashable {
    package let files: Int64
    package let bytes: Int64

    package init(files: Int64, bytes: Int64) {
        self.files = files
        self.bytes = bytes
    }
}

/// A ledger that no run has written to since an older version has fewer columns, and `rowid` is its key in both.
extension LedgerReader {
    private func knowsOthers() throws -> Bool {
        try rows("SELECT 1 FROM pragma_table_info('releases') WHERE name = 'archive'") { _ in true }
            .first ?? false
    }

    private func releases(_ condition: String, _ values: [(any Bindable)?]) throws
        -> [ReleaseRecord]
    {
        let others = try knowsOthers() ? "r.user, r.host, r.archive" : "NULL, NULL, NULL"
        return try rows(
            """
            SELECT r.rowid, r.number, r.environment, r.image, r.code, r.manifest, r.bundle,
                   r.configuration, r.settings, r.commit_id, r.created_ms, n.user, n.host, \(others)
            FROM releases r LEFT JOIN runs n ON n.id = r.run_id \(condition)
            """, values
        ) { row -> ReleaseRecord? in
            guard let manifest = row.digest(5), let configuration = row.digest(7) else {
                return nil
            }
            var release = ReleaseRecord(
                id: row.int(0), number: row.int(1), environment: row.text(2),
                image: row.optionalText(3), code: row.digest(4), manifest: manifest,
                bundle: row.digest(6), configuration: configuration, settings: row.text(8),
                commit: row.optionalText(9), createdMs: row.int(10))
            if let user = row.optionalText(13) ?? row.optionalText(11),
                let host = row.optionalText(14) ?? row.optionalText(12)
            {
                release.maker = Author(user: user, host: host)
            }
            release.isOthers = row.optionalText(13) != nil
            release.archive = row.optionalText(15)
            return release
        }.compactMap { $0 }
    }

    /// The highest number first.
    package func releases(environment: String) throws -> [ReleaseRecord] {
        try releases("WHERE r.environment = ? ORDER BY r.number DESC, r.rowid DESC", [environment])
    }

    package func release(id: Int64) throws -> ReleaseRecord? {
        try releases("WHERE r.rowid = ?", [id]).first
    }

    /// The release of a number: the one that its environment knows by it, else the one that this clone does.
    ///
    /// - Parameter environment: nil for any.
    package func release(_ number: Int64, environment: String?) throws -> ReleaseRecord? {
        let order = try knowsOthers() ? "r.archive IS NULL, r.rowid DESC" : "r.rowid"
        return try releases(
            "WHERE r.number = ?1 AND (?2 IS NULL OR r.environment = ?2) ORDER BY \(order)",
            [number, environment]
        ).first
    }

    /// Releases of a content: those with a number from this archive first.
    package func releases(
        environment: String, identity: Digest, archive: String? = nil
    ) throws -> [ReleaseRecord] {
        let found = try releases(
            "WHERE r.environment = ? AND r.identity = ? ORDER BY r.rowid", [environment, identity])
        return found.filter { $0.archive == archive } + found.filter { $0.archive != archive }
    }

    /// The highest number of all environments; 0 where there is none.
    package func highestReleaseNumber() throws -> Int64 {
        try rows("SELECT coalesce(max(number), 0) FROM releases") { $0.int(0) }.first ?? 0
    }

    /// Newest first. Those of other clones are in the order of their ends, which no clone records before that of one which it knew.
    package func deployments(environment: String, limit: Int = 1000) throws -> [DeploymentRecord] {
        let knowsOthers = try knowsOthers()
        let others = knowsOthers ? "d.user, d.host, d.machine" : "NULL, NULL, NULL"
        return try rows(
            """
            SELECT d.id, d.environment, r.number, d.kind, b.number, d.slot, d.started_ms,
                   d.ended_ms, d.outcome, d.message, n.user, n.host, d.release,
                   \(try versionColumn()), \(others)
            FROM deployments d JOIN releases r ON r.rowid = d.release
            LEFT JOIN releases b ON b.rowid = d.replaces
            LEFT JOIN runs n ON n.id = d.run_id
            WHERE d.environment = ?
            ORDER BY \(knowsOthers ? "coalesce(d.ended_ms, d.started_ms) DESC, " : "") d.id DESC
            LIMIT ?
            """, [environment, limit]
        ) { row in
            DeploymentRecord(
                id: row.int(0), environment: row.text(1), release: row.int(2),
                releaseID: row.int(12), kind: DeploymentKind(rawValue: row.text(3)) ?? .deploy,
                replaces: row.optionalInt(4), slot: row.optionalText(5),
                version: row.optionalText(13), startedMs: row.int(6),
                endedMs: row.optionalInt(7), outcome: row.optionalText(8),
                message: row.optionalText(9), user: row.optionalText(14) ?? row.optionalText(10),
                host: row.optionalText(15) ?? row.optionalText(11),
                isOthers: row.optionalText(14) != nil, machine: row.optionalText(16))
        }
    }
}

extension LedgerReader {
    /// The names of the environments that releases were made for, sorted.
    package func environmentsWithReleases() throws -> [String] {
        try rows("SELECT DISTINCT environment FROM releases ORDER BY environment") { $0.text(0) }
    }

    /// The metrics of a unit's attempts that ended well, the newest first.
    package func metrics(ofUnit unit: String, limit: Int) throws -> [String] {
        try rows(
            """
            SELECT metrics FROM attempts
            WHERE unit_id = (SELECT id FROM units WHERE name = ?) AND outcome = 'done'
              AND metrics IS NOT NULL
            ORDER BY id DESC LIMIT ?
            """, [unit, limit]
        ) { $0.text(0) }
    }

    /// nil where the data was never recorded.
    package func manifestSize(_ manifest: Digest) throws -> ManifestSize? {
        try rows("SELECT files, bytes FROM manifests WHERE digest = ?", [manifest]) { row in
            ManifestSize(files: row.int(0), bytes: row.int(1))
        }.first
    }
}
