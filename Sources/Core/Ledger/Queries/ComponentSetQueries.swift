package import Digests
package import PipelinePlanning
import SQLite

extension LedgerReader {
    /// The component set of this digest, as it was stored; nil where there is none, or one that is damaged.
    package func componentSet(_ digest: Digest) throws -> ComponentSet? {
        let found = try rows(
            try knowsDifferences()
                ? """
                SELECT s.content, b.content FROM component_sets s
                LEFT JOIN component_sets b ON b.id = s.base_id WHERE s.digest = ?
                """ : "SELECT content, NULL FROM component_sets WHERE digest = ?", [digest]
        ) { ($0.text(0), $0.optionalText(1)) }.first
        guard let (content, base) = found else { return nil }
        let set =
            if let base {
                ComponentSet(parsing: base)?.applying(difference: content)
            } else {
                ComponentSet(parsing: content)
            }
        return set?.digest == digest ? set : nil
    }

    // A ledger that no run has written to since an older version of the program has whole sets alone.
    private func knowsDifferences() throws -> Bool {
        try !rows("SELECT 1 FROM sqlite_schema WHERE name = 'components'") { _ in }.isEmpty
    }

    /// What a successful attempt was made from; nil for any other.
    package func components(attempt: Int64) throws -> RecordedComponents? {
        let digests = try rows(
            """
            SELECT r.digest, c.digest, i.digest, d.digest FROM attempts a
            JOIN component_sets r ON r.id = a.recipe_id
            JOIN component_sets c ON c.id = a.code_id
            JOIN component_sets i ON i.id = a.inputs_id
            JOIN component_sets d ON d.id = a.reads_id
            WHERE a.id = ?
            """, [attempt]
        ) { row in (0...3).compactMap { row.digest($0) } }.first
        let sets = try digests?.compactMap(componentSet) ?? []
        guard sets.count == 4 else { return nil }
        return RecordedComponents(recipe: sets[0], code: sets[1], inputs: sets[2], reads: sets[3])
    }
}
