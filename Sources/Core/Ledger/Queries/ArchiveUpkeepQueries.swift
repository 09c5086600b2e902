package import ArchiveHistory
package import Digests
import PipelinePlanning
import SQLite

/// What the upkeep of an archive asks.
extension LedgerReader {
    /// All contents that an archive holds, as far as its history was read, by the file that holds them.
    package func archivedFiles(in archive: String) throws -> [String: [ArchivedObject]] {
        let found = try rows(
            """
            SELECT o.digest, o.size, o.path, o.start FROM archive_objects o
            JOIN archive_segments s ON s.id = o.segment_id AND s.archive = ?
            WHERE NOT EXISTS (SELECT 1 FROM archive_removed r WHERE r.path = o.path)
            """, [archive]
        ) { row in
            row.digest(0).map {
                ArchivedObject(
                    digest: $0, size: row.int(1), path: row.text(2), offset: row.optionalInt(3))
            }
        }
        return Dictionary(grouping: found.compactMap { $0 }, by: \.path)
    }

    /// Releases of all clones, each once, the newest of each environment first.
    package func archivedReleases(in archive: String) throws -> [ArchivedRelease] {
        let found = try rows(
            """
            SELECT r.environment, r.number, r.image, r.code, r.manifest, r.bundle, r.settings,
                   r.commit_id, r.created_ms, r.user, r.host
            FROM archive_releases r JOIN archive_segments s ON s.id = r.segment_id
            WHERE s.archive = ? ORDER BY r.environment, r.number DESC
            """, [archive]
        ) { row in
            row.digest(4).map {
                ArchivedRelease(
                    environment: row.text(0), number: row.int(1), image: row.optionalText(2),
                    code: row.digest(3), manifest: $0, bundle: row.digest(5),
                    settings: row.text(6), commit: row.optionalText(7), createdMs: row.int(8),
                    author: Author(user: row.text(9), host: row.text(10)))
            }
        }
        // Each segment about a release names it.
        var seen: Set<String> = []
        return found.compactMap { $0 }.filter {
            seen.insert("\($0.environment) \($0.number) \($0.manifest)").inserted
        }
    }

    /// The identities of releases that have a number in the environment, by an archive's history.
    package func identities(
        ofArchived number: Int64, in environment: String, archive: String
    ) throws -> [Digest] {
        try rows(
            """
            SELECT r.identity FROM archive_releases r JOIN archive_segments s ON s.id = r.segment_id
            WHERE s.archive = ? AND r.environment = ? AND r.number = ?
            """, [archive, environment, number]
        ) { $0.digest(0) }.compactMap { $0 }
    }

    /// Files of the history and of numbers that were found to be damaged.
    package func damagedRecords(in archive: String) throws -> [(path: String, digest: Digest)] {
        try rows(
            """
            SELECT path, digest FROM archive_damaged
            WHERE archive = ? AND (path GLOB 'history/*' OR path GLOB 'releases/*')
            """, [archive]
        ) { row in row.digest(1).map { (row.text(0), $0) } }.compactMap { $0 }
    }

    /// The numbers of the releases that went live last, each once, the newest first, for each environment.
    package func archivedLive(in archive: String) throws -> [String: [Int64]] {
        let found = try rows(
            """
            SELECT d.environment, d.release FROM archive_deployments d
            JOIN archive_segments s ON s.id = d.segment_id
            WHERE s.archive = ? AND d.outcome = 'live' ORDER BY d.ended_ms DESC, d.started_ms DESC
            """, [archive]
        ) { ($0.text(0), $0.int(1)) }
        return Dictionary(grouping: found, by: \.0).mapValues { deployments in
            var seen: Set<Int64> = []
            return deployments.map(\.1).filter { seen.insert($0).inserted }
        }
    }

    /// Releases that are kept for ever, by environment and number, with their names.
    package func archivedPins(in archive: String) throws -> [ArchivedPin] {
        let found = try rows(
            """
            SELECT p.environment, p.release, p.name, p.is_kept FROM archive_pins p
            JOIN archive_segments s ON s.id = p.segment_id
            WHERE s.archive = ? ORDER BY s.made_ms, p.id
            """, [archive]
        ) {
            ArchivedPin(
                environment: $0.text(0), release: $0.int(1), name: $0.text(2),
                isKept: $0.bool(3))
        }
        var newest: [String: ArchivedPin] = [:]
        for pin in found { newest["\(pin.environment) \(pin.name)"] = pin }
        return newest.values.filter(\.isKept).sorted {
            ($0.environment, $0.release, $0.name) < ($1.environment, $1.release, $1.name)
        }
    }

    /// When the newest segment was made that keeps a release under a name, or no longer: milliseconds since 1970, 0 for none.
    package func newestPin(
        of name: String, in environment: String, archive: String
    ) throws -> Int64 {
        try rows(
            """
            SELECT coalesce(max(s.made_ms), 0) FROM archive_pins p
            JOIN archive_segments s ON s.id = p.segment_id
            WHERE s.archive = ? AND p.environment = ? AND p.name = ?
            """, [archive, environment, name]
        ) { $0.int(0) }.first ?? 0
    }

    /// What each author has added: segments, results, and bytes of contents.
    package func archiveShares(
        in archive: String
    ) throws -> [(author: String, segments: Int64, results: Int64, bytes: Int64)] {
        try rows(
            """
            SELECT s.user || '@' || s.host, count(*),
              sum((SELECT count(*) FROM archive_results r WHERE r.segment_id = s.id)),
              sum((SELECT coalesce(sum(o.size), 0) FROM archive_objects o WHERE o.segment_id = s.id
                AND NOT EXISTS (SELECT 1 FROM archive_removed x WHERE x.path = o.path)))
            FROM archive_segments s WHERE s.archive = ? AND s.refused IS NULL
            GROUP BY 1 ORDER BY 4 DESC
            """, [archive]
        ) { ($0.text(0), $0.int(1), $0.int(2), $0.int(3)) }
    }
}
