package import Digests
import JSON
import SQLite

/// What is known of the outputs of a unit that writes them to their places by itself.
package struct InPlaceRecord: Sendable {
    package let unit: String
    /// The newest attempt.
    package let attempt: Int64
    /// The digest of all that decided the outputs, as far as it was known when the attempt began.
    package let basis: Digest
    /// The paths, folders and patterns that were declared as outputs.
    package let patterns: [String]
    package let state: State
    /// Outputs that were there when the attempt began; once it has failed and was looked at, those that it left.
    package let files: [String: StatKey]

    package enum State: String, Sendable {
        /// It runs, or was killed: what it touched has not been looked at.
        case open
        /// It failed, and what it left was looked at.
        case failed
        /// It succeeded: `artifacts` holds what it made.
        case done
    }

    package init(
        unit: String, attempt: Int64, basis: Digest, patterns: [String], state: State,
        files: [String: StatKey]
    ) {
        self.unit = unit
        self.attempt = attempt
        self.basis = basis
        self.patterns = patterns
        self.state = state
        self.files = files
    }

    /// The same with another state and other files.
    package func with(_ state: State, files: [String: StatKey]) -> InPlaceRecord {
        InPlaceRecord(
            unit: unit, attempt: attempt, basis: basis, patterns: patterns, state: state,
            files: files)
    }
}

extension LedgerWriter {
    /// Replaces what is recorded of the unit's outputs. Durable: the attempt that follows may cut the power.
    package func record(_ record: InPlaceRecord) throws {
        try write(.powerCut) { database in
            try database.prepare("DELETE FROM in_place WHERE unit = ?").run(record.unit)
            try database.prepare(
                "INSERT INTO in_place (unit, attempt_id, basis, patterns, state) VALUES (?, ?, ?, ?, ?)"
            ).run(
                record.unit, record.attempt, record.basis,
                JSONText.array(strings: record.patterns), record.state.rawValue)
            for (path, key) in record.files {
                try database.prepare(
                    """
                    INSERT INTO in_place_files
                      (unit, path, device, inode, size, modified_ns, changed_ns)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
                ).run(
                    record.unit, path, key.device, key.inode, key.size, key.modifiedNs,
                    key.changedNs)
            }
        }
    }
}

extension LedgerReader {
    /// All units that write in place and were ever attempted, by name.
    package func inPlaceRecords() throws -> [InPlaceRecord] {
        var files: [String: [String: StatKey]] = [:]
        let found = try rows(
            """
            SELECT path, device, inode, size, modified_ns, changed_ns, unit FROM in_place_files
            """
        ) { ($0.text(6), $0.text(0), StatKey($0)) }
        for (unit, path, key) in found { files[unit, default: [:]][path] = key }
        return try rows(
            "SELECT unit, attempt_id, basis, patterns, state FROM in_place ORDER BY unit"
        ) { row -> InPlaceRecord? in
            guard let basis = row.digest(2), let state = InPlaceRecord.State(rawValue: row.text(4))
            else { return nil }
            return InPlaceRecord(
                unit: row.text(0), attempt: row.int(1), basis: basis,
                patterns: try JSONValue.decode([String].self, from: row.text(3).utf8), state: state,
                files: files[row.text(0)] ?? [:])  // none were there
        }.compactMap { $0 }
    }

    package func inPlaceRecord(of unit: String) throws -> InPlaceRecord? {
        try inPlaceRecords().first { $0.unit == unit }
    }
}
