import ArchiveHistory
import Digests
import PipelinePlanning
import SQLite

/// What does not count any more since signatures are asked for.
package struct SetAside: Hashable, Sendable {
    /// Segments that nobody has verified.
    package let segments: Int
    /// Who has written them, sorted.
    package let authors: [String]
    /// Results of units here that came from them.
    package let results: Int
}

extension LedgerWriter {
    /// What was read of an archive's history while signatures were not asked for counts no longer: not its results, contents and
    /// releases, and not what was fetched from it. Such segments are refused from then on, so that they are read again.
    ///
    /// - Returns: nil where there is nothing of that kind.
    package func setAsideUnverified() throws -> SetAside? {
        try write(.powerCut) { database in
            let authors = try database.prepare(
                "SELECT user, host FROM archive_segments WHERE \(Self.unverified)"
            ).rows { Author(user: $0.text(0), host: $0.text(1)).text }
            guard !authors.isEmpty else { return nil }
            for table in Self.contents {
                try database.prepare(
                    """
                    DELETE FROM \(table) WHERE segment_id IN
                      (SELECT id FROM archive_segments WHERE \(Self.unverified))
                    """
                ).run()
            }
            try database.prepare(
                "UPDATE archive_segments SET refused = ? WHERE \(Self.unverified)"
            ).run("it was read while no signatures were asked for")
            try Self.removeReleases(database)
            return SetAside(
                segments: authors.count, authors: Set(authors).sorted(),
                results: try Self.withdrawResults(database))
        }
    }

    private static let unverified = "refused IS NULL AND signer IS NULL AND is_own = 0"
    private static let contents = [
        "archive_objects", "archive_removed", "archive_programs", "archive_results",
        "archive_releases", "archive_deployments", "archive_pins",
    ]

    /// Releases and deployments of other clones that no segment names any more.
    private static func removeReleases(_ database: Database) throws {
        try database.prepare(
            """
            DELETE FROM deployments WHERE run_id IS NULL AND user IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM archive_deployments d JOIN releases r ON r.id = deployments.release
              WHERE d.environment = deployments.environment AND d.release = r.number
                AND d.kind = deployments.kind AND d.started_ms = deployments.started_ms)
            """
        ).run()
        try database.prepare(
            """
            DELETE FROM releases WHERE run_id IS NULL AND archive IS NOT NULL
              AND NOT EXISTS (
                SELECT 1 FROM archive_releases r WHERE r.environment = releases.environment
                  AND r.number = releases.number AND r.identity = releases.identity)
              AND NOT EXISTS (
                SELECT 1 FROM deployments d WHERE releases.id IN (d.release, d.replaces))
            """
        ).run()
    }

    /// Results that this clone has not made, and that the archive does not have as they are from somebody who is trusted.
    ///
    /// - Returns: how many there were.
    private static func withdrawResults(_ database: Database) throws -> Int {
        let restored = try database.prepare(
            """
            SELECT id, unit_id, recipe_id, inputs_id, code_id, reads_id, result FROM attempts
            WHERE outcome = 'restored'
            """
        ).rows { row in
            MadeResult(
                attempt: row.int(0), unit: row.int(1), components: (2...5).map { row.int($0) },
                value: row.optionalText(6))
        }
        var count = 0
        for result in restored where try !isMadeHere(result, database) {
            guard try !isTrusted(result, database) else { continue }
            try database.prepare(
                "UPDATE attempts SET outcome = 'interrupted', message = ? WHERE id = ?"
            ).run("it was fetched while no signatures were asked for", result.attempt)
            try database.prepare(
                """
                UPDATE units SET success_id = (
                  SELECT max(id) FROM attempts
                  WHERE unit_id = ?1 AND outcome IN ('done', 'restored'))
                WHERE id = ?1 AND success_id = ?2
                """
            ).run(result.unit, result.attempt)
            count += 1
        }
        return count
    }

    private struct MadeResult {
        let attempt: Int64
        let unit: Int64
        /// Rows of recipe, inputs, code and reads.
        let components: [Int64]
        let value: String?
    }

    private static func isMadeHere(_ result: MadeResult, _ database: Database) throws -> Bool {
        let found = result.components
        let made = try database.prepare(
            """
            SELECT id FROM attempts WHERE outcome IN ('done', 'restored') AND recipe_id = ?
              AND inputs_id = ? AND outcome = 'done' AND code_id = ? AND reads_id = ? AND result IS ?
            """
        ).rows(found[0], found[1], found[2], found[3], result.value) { $0.int(0) }
        let outputs = try outputs(of: result.attempt, database)
        return try made.contains { try self.outputs(of: $0, database) == outputs }
    }

    private static func isTrusted(_ result: MadeResult, _ database: Database) throws -> Bool {
        let found = result.components
        let sent = try database.prepare(
            """
            SELECT r.outputs FROM archive_results r JOIN archive_segments s ON s.id = r.segment_id
            WHERE r.recipe_id = ? AND r.inputs_id = ? AND r.code_id = ? AND r.reads_id = ?
              AND r.result IS ? AND s.refused IS NULL
            """
        ).rows(found[0], found[1], found[2], found[3], result.value) {
            [OutputRecord](parsing: $0.text(0))
        }
        let outputs = try outputs(of: result.attempt, database)
        return sent.contains { sent in
            sent.map { Dictionary($0.map { ($0.path, $0.digest) }) { $1 } == outputs } ?? false
        }
    }

    /// Digests by path.
    private static func outputs(
        of attempt: Int64, _ database: Database
    ) throws -> [String: Digest] {
        let found = try database.prepare(
            "SELECT name, digest FROM artifacts WHERE attempt_id = ? AND kind = 'file'"
        ).rows(attempt) { ($0.text(0), $0.digest(1)) }
        var outputs: [String: Digest] = [:]
        for (path, digest) in found { outputs[path] = digest }
        return outputs
    }
}
