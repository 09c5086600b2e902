package import Digests
import SQLite

/// An attempt that made something, with the digests of the sets that it was made from.
package struct MadeRecord: Sendable, Hashable {
    package let attempt: Int64
    package let unit: String
    package let run: Int64
    package let recipe: Digest
    package let code: Digest
    package let inputs: Digest
    package let reads: Digest
}

/// Where things come from, and what was made of them.
extension LedgerReader {
    /// The attempts that made just this content under this name, newest first.
    ///
    /// - Parameter attempt: only those before this one.
    package func makers(
        of path: String, digest: Digest, before attempt: Int64 = .max
    ) throws -> [MadeRecord] {
        try rows(
            Self.madeColumns
                + """
                 JOIN artifacts f ON f.attempt_id = a.id AND f.kind = 'file'
                WHERE f.digest = ? AND f.name = ? AND a.id < ? ORDER BY a.id DESC
                """, [digest, path, attempt], Self.made
        ).compactMap { $0 }
    }

    package func made(attempt: Int64) throws -> MadeRecord? {
        try rows(Self.madeColumns + " WHERE a.id = ?", [attempt], Self.made).first.flatMap { $0 }
    }

    /// All that made something, oldest first: what an attempt read was made by one before it.
    package func allMade() throws -> [MadeRecord] {
        try rows(
            Self.madeColumns + " WHERE a.outcome IN ('done', 'restored') ORDER BY a.id", [],
            Self.made
        ).compactMap { $0 }
    }

    /// What attempts made of a kind, by attempt.
    package func artifacts(_ kind: Artifact.Kind) throws -> [Int64: [Artifact]] {
        var artifacts: [Int64: [Artifact]] = [:]
        let found = try rows(
            "SELECT attempt_id, name, digest, size FROM artifacts WHERE kind = ?", [kind.rawValue]
        ) { row in
            row.digest(2).map {
                (row.int(0), Artifact(kind: kind, name: row.text(1), digest: $0, size: row.int(3)))
            }
        }
        for case (let attempt, let artifact)? in found {
            artifacts[attempt, default: []].append(artifact)
        }
        return artifacts
    }

    /// The attempts of a unit in one run, newest first.
    package func attempts(unit: String, run: Int64) throws -> [PastAttempt] {
        try attempts(unit: unit).filter { $0.run == run }
    }

    /// The run that first made a release; nil for one of another clone.
    package func run(of release: ReleaseRecord) throws -> RunRecord? {
        let id = try rows("SELECT run_id FROM releases WHERE rowid = ?", [release.id]) {
            $0.optionalInt(0)
        }.first.flatMap { $0 }
        return try id.flatMap { try run($0) }
    }

    private static let madeColumns = """
        SELECT a.id, u.name, a.run_id, r.digest, c.digest, i.digest, d.digest FROM attempts a
        JOIN units u ON u.id = a.unit_id
        JOIN component_sets r ON r.id = a.recipe_id
        JOIN component_sets c ON c.id = a.code_id
        JOIN component_sets i ON i.id = a.inputs_id
        JOIN component_sets d ON d.id = a.reads_id
        """

    private static func made(_ row: Statement) -> MadeRecord? {
        guard let recipe = row.digest(3), let code = row.digest(4), let inputs = row.digest(5),
            let reads = row.digest(6)
        else { return nil }
        return MadeRecord(
            attempt: row.int(0), unit: row.text(1), run: row.int(2), recipe: recipe, code: code,
            inputs: inputs, reads: reads)
    }
}
