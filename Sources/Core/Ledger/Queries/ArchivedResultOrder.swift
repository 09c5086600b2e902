package import Digests
package import PipelinePlanning
import SQLite

/// Results of an archive that stay, and what the newest were made of.
package struct KeptResults: Sendable {
    package var outputs: [OutputRecord] = []
    /// Contents of files, as far as the ledger has their lists.
    package var inputs: Set<Digest> = []
}

extension LedgerReader {
    /// The outputs of the newest results of each unit, no matter which clone has sent them: a job that begins in a new clone each time
    /// adds to none but its own results. And the inputs of the newest one.
    ///
    /// - Parameters:
    ///   - count: so many results of a unit that differ in components or outputs.
    ///   - nowMs: what was made later than a day after it comes from a clock that is wrong, and counts as made when its clone had
    ///     made what it sent before.
    /// - Throws: where one of them cannot be read.
    package func newestArchivedResults(
        _ count: Int, in archive: String, nowMs: Int64
    ) throws -> KeptResults {
        let found = try rows(
            """
            SELECT a.unit, a.made_ms, a.outputs, a.recipe_id, a.code_id, a.inputs_id, a.reads_id,
              s.writer
            FROM archive_results a JOIN archive_segments s ON s.id = a.segment_id
            WHERE s.archive = ? ORDER BY s.writer, s.number, a.id
            """, [archive]
        ) { row in
            SentResult(
                unit: row.text(0), writer: row.text(7), madeMs: row.int(1), outputs: row.text(2),
                sets: (3...6).map { row.int($0) })
        }
        var kept = KeptResults()
        var sets: Set<Int64> = []
        for results in Self.ordered(found, nowMs: nowMs).values {
            var seen: Set<[String]> = []
            if let newest = results.first { sets.formUnion(newest.sets[2...]) }
            for result in results where seen.count < count {
                guard seen.insert(result.sets.map(String.init) + [result.outputs]).inserted else {
                    continue
                }
                // What cannot be read may be needed: nothing is removed on that.
                guard let outputs = [OutputRecord](parsing: result.outputs) else {
                    throw LedgerError.damaged(
                        path: path, findings: ["outputs in archive_results cannot be read"])
                }
                kept.outputs += outputs
            }
        }
        kept.inputs = try contents(ofSets: sets)
        return kept
    }

    private struct SentResult {
        let unit: String
        let writer: String
        let madeMs: Int64
        let outputs: String
        /// Rows of recipe, code, inputs and reads.
        let sets: [Int64]
    }

    private static let dayMs: Int64 = 86_400_000

    /// The results of each unit, the newest first.
    ///
    /// - Parameter results: in the order of their clones' series.
    private static func ordered(
        _ results: [SentResult], nowMs: Int64
    ) -> [String: [SentResult]] {
        var latest: [String: Int64] = [:]
        let dated = results.enumerated().map { place, result in
            let before = latest[result.writer, default: 0]
            let made = result.madeMs <= nowMs + dayMs ? result.madeMs : before
            latest[result.writer] = max(before, made)
            return (made: made, place: place, result: result)
        }
        return Dictionary(grouping: dated, by: \.result.unit).mapValues { results in
            results.sorted { ($0.made, $0.place) > ($1.made, $1.place) }.map(\.result)
        }
    }

    private func contents(ofSets ids: Set<Int64>) throws -> Set<Digest> {
        var digests: Set<Digest> = []
        for id in ids.sorted() {
            let set = try rows("SELECT digest FROM component_sets WHERE id = ?", [id]) {
                $0.digest(0)
            }
            for set in set.compactMap({ $0 }) {
                for entry in try componentSet(set)?.entries ?? [] {  // a lost list
                    if let digest = Digest(hex: entry.value) { digests.insert(digest) }
                }
            }
        }
        return digests
    }
}
