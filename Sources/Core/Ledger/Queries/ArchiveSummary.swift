import SQLite

/// How much of an archive's history a ledger has.
package struct ArchiveSummary: Hashable, Sendable {
    /// Clones that have added to it.
    package let clones: Int64
    /// Results of units, each content of inputs and code counted once.
    package let results: Int64
    /// Contents, and their bytes.
    package let contents: Int64
    package let bytes: Int64
}

extension LedgerReader {
    package func summary(ofArchive archive: String) throws -> ArchiveSummary {
        func count(_ sql: String) throws -> Int64 {
            try rows(sql, [archive]) { $0.int(0) }.first ?? 0
        }
        return ArchiveSummary(
            clones: try count(
                """
                SELECT count(DISTINCT writer) FROM archive_segments
                WHERE archive = ? AND refused IS NULL
                """),
            results: try count(
                """
                SELECT count(*) FROM (SELECT DISTINCT a.unit, a.recipe_id, a.code_id, a.inputs_id,
                  a.reads_id FROM archive_results a JOIN archive_segments s ON s.id = a.segment_id
                  WHERE s.archive = ?)
                """),
            contents: try count(
                """
                SELECT count(DISTINCT o.digest) FROM archive_objects o
                JOIN archive_segments s ON s.id = o.segment_id WHERE s.archive = ?
                """),
            bytes: try count(
                """
                SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT o.digest, o.size
                  FROM archive_objects o JOIN archive_segments s ON s.id = o.segment_id
                  WHERE s.archive = ?)
                """))
    }
}
