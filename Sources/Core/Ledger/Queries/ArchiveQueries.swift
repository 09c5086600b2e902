package import ArchiveHistory
package import Digests
package import PipelinePlanning
import SQLite

/// What is known of a segment of an archive.
package struct KnownSegment: Sendable, Hashable {
    package let name: SegmentName
    package let digest: Digest
    package let bytes: Int64
    package let author: Author
    package let madeMs: Int64
    package let signer: String?
    /// Why it is not used; nil where it is.
    package let refused: String?
    /// Whether this clone has written it, and all that it follows.
    package let isOwn: Bool

    /// Whether it counts also where signatures are asked for.
    package var isVerified: Bool { refused == nil && (signer != nil || isOwn) }

    package var file: SegmentFile { SegmentFile(name, digest: digest) }
}

/// A result of a unit in an archive, and what decided it.
package struct ResultElsewhere: Sendable, Hashable {
    package let recipe: Digest
    package let code: Digest
    package let inputs: Digest
    package let reads: Digest
    package let origin: ResultOrigin
    /// Of the machine that made it.
    package let platform: Platform
}

extension LedgerReader {
    /// Whether the ledger has the tables of an archive: one that no run has written to since an older version has not.
    package func knowsArchives() throws -> Bool {
        try !rows("SELECT 1 FROM sqlite_schema WHERE name = 'archive_segments'") { _ in }.isEmpty
    }

    /// All segments of an archive that were read, in their order.
    package func archiveSegments(_ archive: String) throws -> [KnownSegment] {
        guard try knowsArchives() else { return [] }
        let isOwn =
            try rows(
                "SELECT 1 FROM pragma_table_info('archive_segments') WHERE name = 'is_own'"
            ) { _ in }.isEmpty ? "0" : "is_own"
        return try rows(
            """
            SELECT writer, number, digest, bytes, user, host, made_ms, signer, refused, \(isOwn)
            FROM archive_segments WHERE archive = ? ORDER BY writer, number
            """, [archive]
        ) { row -> KnownSegment? in
            row.digest(2).map {
                KnownSegment(
                    name: SegmentName(writer: row.text(0), number: row.int(1)), digest: $0,
                    bytes: row.int(3), author: Author(user: row.text(4), host: row.text(5)),
                    madeMs: row.int(6), signer: row.optionalText(7), refused: row.optionalText(8),
                    isOwn: row.bool(9))
            }
        }.compactMap { $0 }
    }

    /// Where an archive holds a content, what was added last first; none where it does not, as far as its history was read.
    package func archivedObjects(_ digest: Digest, in archive: String) throws -> [ArchivedObject] {
        try archivedObjects([digest], in: archive)
    }

    /// As above, of several contents.
    package func archivedObjects(
        _ digests: [Digest], in archive: String
    ) throws -> [ArchivedObject] {
        var found: [ArchivedObject] = []
        var rest = digests[...]
        while !rest.isEmpty {
            // Two statements, whatever their number: one that is not full repeats a digest.
            let places = rest.count == 1 ? 1 : Self.digestsAtOnce
            let some = rest.prefix(places)
            rest = rest.dropFirst(places)
            let filled = some + Array(repeating: some[some.startIndex], count: places - some.count)
            found += try objects(Array(filled), in: archive)
        }
        return found
    }

    /// Whether the history names a file of the archive as removed, or something in it did not arrive as its digest says.
    package func isLost(_ path: String, in archive: String) throws -> Bool {
        try !rows(
            """
            SELECT 1 FROM archive_removed r JOIN archive_segments s ON s.id = r.segment_id
            WHERE r.path = ? AND s.archive = ?
            UNION ALL SELECT 1 FROM archive_damaged WHERE path = ? AND archive = ?
            """, [path, archive, path, archive]
        ) { _ in }.isEmpty
    }

    private static let digestsAtOnce = 100

    private func objects(_ digests: [Digest], in archive: String) throws -> [ArchivedObject] {
        let places = Array(repeating: "?", count: digests.count).joined(separator: ", ")
        return try rows(
            """
            SELECT o.digest, o.path, o.size, o.start FROM archive_objects o
            JOIN archive_segments s ON s.id = o.segment_id
            WHERE o.digest IN (\(places)) AND s.archive = ?
              AND NOT EXISTS (SELECT 1 FROM archive_removed r WHERE r.path = o.path)
              AND NOT EXISTS (SELECT 1 FROM archive_damaged d
                WHERE d.archive = s.archive AND d.path = o.path AND d.digest = o.digest)
            ORDER BY s.made_ms DESC
            """, digests + [archive]
        ) { row in
            row.digest(0).map {
                ArchivedObject(
                    digest: $0, size: row.int(2), path: row.text(1), offset: row.optionalInt(3))
            }
        }.compactMap { $0 }
    }

    /// Contents of the archive that did not arrive as their digest says, or not at all, and that it has nowhere else.
    package func damagedObjects(in archive: String) throws -> [ArchivedObject] {
        try rows(
            """
            SELECT DISTINCT d.digest, d.path, coalesce((SELECT max(o.size) FROM archive_objects o
              WHERE o.digest = d.digest), 0)
            FROM archive_damaged d WHERE d.archive = ? ORDER BY d.path
            """, [archive]
        ) { row in
            row.digest(0).map {
                ArchivedObject(digest: $0, size: row.int(2), path: row.text(1), offset: nil)
            }
        }.compactMap { $0 }.filter { try archivedObjects($0.digest, in: archive).isEmpty }
    }

    /// The version that a program printed, by the digest of its file; nil where nobody has said.
    package func archivedVersion(ofProgram digest: Digest, in archive: String) throws -> String? {
        try rows(
            """
            SELECT p.version FROM archive_programs p
            JOIN archive_segments s ON s.id = p.segment_id AND s.archive = ?2
            WHERE p.digest = ?1 ORDER BY s.made_ms DESC LIMIT 1
            """, [digest, archive]
        ) { $0.text(0) }.first
    }

    /// What others have made in an archive from this recipe and these inputs, the newest first.
    ///
    /// - Parameters:
    ///   - platform: of this machine.
    ///   - isPortable: whether library and processor may be others.
    package func archivedSuccesses(
        recipe: Digest, inputs: Digest, in archive: String, on platform: Platform,
        isPortable: Bool
    ) throws -> [UnitMemory.Success] {
        try rows(
            """
            SELECT c.digest, d.digest, a.outputs, a.result, a.user, a.host, a.commit_id, a.made_ms,
                   a.duration_ms
            FROM component_sets r
            JOIN component_sets i ON i.digest = ?2
            JOIN archive_results a ON a.recipe_id = r.id AND a.inputs_id = i.id
            JOIN archive_segments s ON s.id = a.segment_id AND s.archive = ?3
            JOIN component_sets c ON c.id = a.code_id
            JOIN component_sets d ON d.id = a.reads_id
            WHERE r.digest = ?1 AND s.system = ?4
              AND (?5 OR (s.library = ?6 AND s.processor = ?7))
            ORDER BY a.made_ms DESC LIMIT 50
            """,
            [
                recipe, inputs, archive, platform.system, isPortable, platform.library,
                platform.processor,
            ]
        ) { row -> UnitMemory.Success? in
            guard let code = row.digest(0), let reads = row.digest(1),
                let outputs = [OutputRecord](parsing: row.text(2))
            else { return nil }
            return UnitMemory.Success(
                attempt: 0, recipe: recipe, code: code, inputs: inputs, reads: reads,
                outputs: outputs, result: row.optionalText(3),
                origin: ResultOrigin(
                    user: row.text(4), host: row.text(5), commit: row.optionalText(6),
                    madeMs: row.int(7), milliseconds: row.int(8)))
        }.compactMap { $0 }
    }

    /// What an archive has of a unit, the newest first.
    package func archivedResults(unit: String, in archive: String) throws -> [ResultElsewhere] {
        try rows(
            """
            SELECT r.digest, c.digest, i.digest, d.digest, a.user, a.host, a.commit_id, a.made_ms,
                   a.duration_ms, s.system, s.library, s.processor
            FROM archive_results a
            JOIN archive_segments s ON s.id = a.segment_id AND s.archive = ?2
            JOIN component_sets r ON r.id = a.recipe_id
            JOIN component_sets c ON c.id = a.code_id
            JOIN component_sets i ON i.id = a.inputs_id
            JOIN component_sets d ON d.id = a.reads_id
            WHERE a.unit = ?1 ORDER BY a.made_ms DESC LIMIT 50
            """, [unit, archive]
        ) { row -> ResultElsewhere? in
            guard let recipe = row.digest(0), let code = row.digest(1), let inputs = row.digest(2),
                let reads = row.digest(3)
            else { return nil }
            return ResultElsewhere(
                recipe: recipe, code: code, inputs: inputs, reads: reads,
                origin: ResultOrigin(
                    user: row.text(4), host: row.text(5), commit: row.optionalText(6),
                    madeMs: row.int(7), milliseconds: row.int(8)),
                platform: Platform(
                    system: row.text(9), library: row.text(10), processor: row.text(11)))
        }.compactMap { $0 }
    }

    /// The newest attempt, 0 where there is none, and those that have not ended.
    package func attemptsSoFar() throws -> (newest: Int64, running: Set<Int64>) {
        // In one statement, so that both are of one moment.
        let found = try rows(
            """
            SELECT id, 1 FROM attempts WHERE outcome = 'running'
            UNION ALL SELECT coalesce(max(id), 0), 0 FROM attempts
            """
        ) { (id: $0.int(0), isRunning: $0.bool(1)) }
        return (
            found.first { !$0.isRunning }?.id ?? 0,  // there is always such a row
            Set(found.filter(\.isRunning).map(\.id))
        )
    }

    /// A result that an attempt made here, and whether the archive has one of the same components.
    package typealias SendableResult = (
        attempt: Int64, result: ArchivedResult, isArchived: Bool
    )

    /// Attempts of a range that made outputs here, the oldest first.
    package func results(
        of attempts: ClosedRange<Int64>, toSendTo archive: String, limit: Int
    ) throws -> [SendableResult] {
        let found = try rows(
            """
            SELECT a.id, u.name, u.stage, r.digest, c.digest, i.digest, d.digest, a.result,
                   a.duration_ms, a.started_ms, n.user, n.host, n.commit_id,
              EXISTS (
                SELECT 1 FROM archive_results e JOIN archive_segments s ON s.id = e.segment_id
                WHERE s.archive = ?2 AND e.recipe_id = a.recipe_id AND e.inputs_id = a.inputs_id
                  AND e.code_id = a.code_id AND e.reads_id = a.reads_id)
            FROM attempts a
            JOIN units u ON u.id = a.unit_id
            JOIN runs n ON n.id = a.run_id
            JOIN component_sets r ON r.id = a.recipe_id
            JOIN component_sets c ON c.id = a.code_id
            JOIN component_sets i ON i.id = a.inputs_id
            JOIN component_sets d ON d.id = a.reads_id
            WHERE a.outcome = 'done' AND a.id BETWEEN ?1 AND ?4
              AND NOT EXISTS (SELECT 1 FROM artifacts o WHERE o.attempt_id = a.id AND o.kind <> 'file')
              AND (a.result IS NOT NULL
                   OR EXISTS (SELECT 1 FROM artifacts o WHERE o.attempt_id = a.id))
            ORDER BY a.id LIMIT ?3
            """, [attempts.lowerBound, archive, limit, attempts.upperBound]
        ) { row -> (Int64, ArchivedResult, Bool)? in
            guard let recipe = row.digest(3), let code = row.digest(4), let inputs = row.digest(5),
                let reads = row.digest(6)
            else { return nil }
            let took = row.optionalInt(8) ?? 0
            return (
                row.int(0),
                ArchivedResult(
                    unit: row.text(1), stage: row.text(2), recipe: recipe, code: code,
                    inputs: inputs, reads: reads, outputs: [], axisValues: row.optionalText(7),
                    milliseconds: took, madeMs: row.int(9) + took,
                    author: Author(user: row.text(10), host: row.text(11)),
                    commit: row.optionalText(12)), row.bool(13)
            )
        }
        return try found.compactMap { $0 }.map { attempt, result, isArchived in
            (attempt, result.with(outputs: try outputs(of: attempt)), isArchived)
        }
    }
}

extension ArchivedResult {
    fileprivate func with(outputs: [OutputRecord]) -> ArchivedResult {
        ArchivedResult(
            unit: unit, stage: stage, recipe: recipe, code: code, inputs: inputs, reads: reads,
            outputs: outputs, axisValues: axisValues, milliseconds: milliseconds, madeMs: madeMs,
            author: author, commit: commit)
    }
}
