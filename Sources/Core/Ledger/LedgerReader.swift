package import Digests
package import PipelinePlanning
package import Posix
import SQLite

/// Reads a ledger, and cannot change it: the connection is opened read-only.
package final class LedgerReader {
    let database: Database
    package let path: String

    /// - Parameter follows: whether what is written from now on is to be seen. If not, and nobody writes it, nothing
    ///   is made beside the file.
    /// - Throws: `LedgerError`.
    package init(path: String, follows: Bool = true) throws {
        self.path = path
        database = try LedgerFile.openForReading(path, follows: follows)
    }

    /// Of a ledger that lies on no disk, as `LedgerWriter` has it.
    package init(memory name: String) throws {
        path = name
        database = try LedgerFile.open(memory: name)
    }

    func rows<Row>(
        _ sql: String, _ values: [(any Bindable)?] = [], _ row: (Statement) throws -> Row
    ) throws -> [Row] {
        try LedgerFile.explaining(path) {
            let statement = try database.prepare(sql)
            for (index, value) in values.enumerated() {
                try value?.bind(to: statement, at: index + 1)
            }
            defer { try? statement.reset() }  // try?: it repeats the last step's error only
            var rows: [Row] = []
            while try statement.step() { rows.append(try row(statement)) }
            return rows
        }
    }
}

/// What planning needs to know of units and files.
extension LedgerReader {
    /// Every unit that has ever been attempted, by name.
    package func unitMemories() throws -> [String: UnitMemory] {
        let outputs = try successOutputs()
        var memories: [String: UnitMemory] = [:]
        let found = try rows(Self.memoryColumns) { row -> (String, UnitMemory) in
            (row.text(0), UnitMemory(success: success(row, outputs), failure: failure(row)))
        }
        memories.reserveCapacity(found.count)
        for (name, memory) in found { memories[name] = memory }
        return memories
    }

    /// What is known of these units; those that were never attempted are left out.
    package func unitMemories(of names: some Sequence<String>) throws -> [String: UnitMemory] {
        var memories: [String: UnitMemory] = [:]
        for name in names {
            let outputs = try successOutputs(of: name)
            memories[name] = try rows(Self.memoryColumns + " WHERE u.name = ?", [name]) {
                UnitMemory(success: success($0, outputs), failure: failure($0))
            }.first
        }
        return memories
    }

    private static let memoryColumns = """
        SELECT u.name, s.id, r.digest, c.digest, i.digest, d.digest, s.result,
               n.id, n.outcome, n.message
        FROM units u
        LEFT JOIN attempts s ON s.id = u.success_id
        LEFT JOIN component_sets r ON r.id = s.recipe_id
        LEFT JOIN component_sets c ON c.id = s.code_id
        LEFT JOIN component_sets i ON i.id = s.inputs_id
        LEFT JOIN component_sets d ON d.id = s.reads_id
        LEFT JOIN attempts n ON n.id = u.newest_id AND n.outcome NOT IN ('done', 'restored')
        """

    private func success(
        _ row: Statement, _ outputs: [Int64: [OutputRecord]]
    ) -> UnitMemory.Success? {
        guard let attempt = row.optionalInt(1), let recipe = row.digest(2),
            let code = row.digest(3), let inputs = row.digest(4), let reads = row.digest(5)
        else { return nil }
        return UnitMemory.Success(
            attempt: attempt, recipe: recipe, code: code, inputs: inputs, reads: reads,
            outputs: outputs[attempt] ?? [], result: row.optionalText(6))
    }

    private func failure(_ row: Statement) -> UnitMemory.Failure? {
        guard let attempt = row.optionalInt(7) else { return nil }
        return UnitMemory.Failure(
            attempt: attempt, wasInterrupted: row.text(8) != "failed",
            message: row.optionalText(9) ?? "")
    }

    /// - Parameter unit: nil for all.
    private func successOutputs(of unit: String? = nil) throws -> [Int64: [OutputRecord]] {
        var outputs: [Int64: [OutputRecord]] = [:]
        let found = try rows(
            """
            SELECT a.attempt_id, a.name, a.digest, a.size, a.form
            FROM units u JOIN artifacts a ON a.attempt_id = u.success_id AND a.kind = 'file'
            """ + (unit == nil ? "" : " WHERE u.name = ?"), unit.map { [$0] } ?? []
        ) { row -> (Int64, OutputRecord)? in
            row.digest(2).map {
                (
                    row.int(0),
                    .init(
                        path: row.text(1), digest: $0, size: row.int(3),
                        form: OutputRecord.Form(rawValue: row.text(4)) ?? .file)
                )
            }
        }
        for case (let attempt, let record)? in found {
            outputs[attempt, default: []].append(record)
        }
        return outputs
    }

    /// What is known of files' contents, each under the state in which the file had it.
    package func fileDigests() throws -> [String: KnownFile] {
        let found = try rows(
            "SELECT path, device, inode, size, modified_ns, changed_ns, digest FROM file_digests"
        ) { row -> (String, KnownFile)? in
            row.digest(6).map { (row.text(0), KnownFile(key: StatKey(row), digest: $0)) }
        }
        var files: [String: KnownFile] = [:]
        files.reserveCapacity(found.count)
        for case (let path, let file)? in found { files[path] = file }
        return files
    }

    /// What is known of one file's content.
    package func knownFile(_ path: String) throws -> KnownFile? {
        try rows(
            "SELECT path, device, inode, size, modified_ns, changed_ns, digest FROM file_digests WHERE path = ?",
            [path]
        ) { row in row.digest(6).map { KnownFile(key: StatKey(row), digest: $0) } }.first.flatMap {
            $0
        }
    }

    /// Tells ledgers apart, and an older copy of a ledger from what it became: the first run's beginning, the number
    /// of the newest attempt, and when that began. Nil for a ledger without attempts.
    package func identity(at attempt: Int64? = nil) throws -> LedgerIdentity? {
        try rows(
            """
            SELECT (SELECT started_ms FROM runs ORDER BY id LIMIT 1), id, started_ms FROM attempts
            WHERE id = coalesce(?, (SELECT max(id) FROM attempts))
            """, [attempt]
        ) { LedgerIdentity(begunMs: $0.int(0), attempt: $0.int(1), attemptMs: $0.int(2)) }.first
    }

    /// Attempts that made outputs from this recipe and these inputs, newest first.
    package func pastSuccesses(recipe: Digest, inputs: Digest) throws -> [UnitMemory.Success] {
        let found = try rows(
            """
            SELECT '', a.id, r.digest, c.digest, i.digest, d.digest, a.result
            FROM attempts a
            JOIN component_sets r ON r.id = a.recipe_id
            JOIN component_sets c ON c.id = a.code_id
            JOIN component_sets i ON i.id = a.inputs_id
            JOIN component_sets d ON d.id = a.reads_id
            WHERE a.outcome IN ('done', 'restored') AND r.digest = ? AND i.digest = ?
            ORDER BY a.id DESC LIMIT 50
            """, [recipe, inputs]
        ) { success($0, [:]) }
        return try found.compactMap { $0 }.map { success in
            UnitMemory.Success(
                attempt: success.attempt, recipe: success.recipe, code: success.code,
                inputs: success.inputs, reads: success.reads,
                outputs: try outputs(of: success.attempt), result: success.result)
        }
    }

    package func outputs(of attempt: Int64) throws -> [OutputRecord] {
        try rows(
            """
            SELECT name, digest, size, form FROM artifacts
            WHERE attempt_id = ? AND kind = 'file'
            """, [attempt]
        ) { row in
            row.digest(1).map {
                OutputRecord(
                    path: row.text(0), digest: $0, size: row.int(2),
                    form: OutputRecord.Form(rawValue: row.text(3)) ?? .file)
            }
        }.compactMap { $0 }
    }
}

/// The state of a file in which its content is known to be unchanged.
package struct StatKey: Hashable, Sendable {
    package let device: Int64
    package let inode: Int64
    package let size: Int64
    package let modifiedNs: Int64
    package let changedNs: Int64

    package init(device: Int64, inode: Int64, size: Int64, modifiedNs: Int64, changedNs: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modifiedNs = modifiedNs
        self.changedNs = changedNs
    }

    package init(_ status: FileStatus) {
        device = Int64(bitPattern: status.device)
        inode = Int64(bitPattern: status.inode)
        size = status.size
        modifiedNs = status.modifiedNs
        changedNs = status.changedNs
    }

    init(_ row: Statement) {
        device = row.int(1)
        inode = row.int(2)
        size = row.int(3)
        modifiedNs = row.int(4)
        changedNs = row.int(5)
    }
}

/// A state of a ledger.
package struct LedgerIdentity: Hashable, Sendable {
    package let begunMs: Int64
    package let attempt: Int64
    package let attemptMs: Int64

    package init(begunMs: Int64, attempt: Int64, attemptMs: Int64) {
        self.begunMs = begunMs
        self.attempt = attempt
        self.attemptMs = attemptMs
    }
}

package struct KnownFile: Sendable {
    package let key: StatKey
    package let digest: Digest

    package init(key: StatKey, digest: Digest) {
        self.key = key
        self.digest = digest
    }
}

extension LedgerReader {
    /// Milliseconds that units took, by name: the last time, and the longest time.
    package func durations() throws -> [String: (last: Int64, longest: Int64)] {
        let found = try rows(
            """
            SELECT u.name, a.duration_ms, n.longest
            FROM (SELECT unit_id, max(id) AS id, max(duration_ms) AS longest FROM attempts
                  WHERE outcome = 'done' GROUP BY unit_id) n
            JOIN attempts a ON a.id = n.id JOIN units u ON u.id = n.unit_id
            """
        ) { row in (row.text(0), row.optionalInt(1) ?? 0, row.optionalInt(2) ?? 0) }
        return Dictionary(found.map { ($0.0, (last: $0.1, longest: $0.2)) }) { $1 }
    }

    /// As `durations`, of these units alone.
    package func durations(
        of names: some Sequence<String>
    ) throws -> [String: (last: Int64, longest: Int64)] {
        var durations: [String: (last: Int64, longest: Int64)] = [:]
        for name in names {
            let took = try rows(
                """
                SELECT duration_ms FROM attempts WHERE outcome = 'done'
                  AND unit_id = (SELECT id FROM units WHERE name = ?) ORDER BY id
                """, [name]
            ) { $0.optionalInt(0) ?? 0 }
            if let last = took.last { durations[name] = (last, took.max() ?? last) }
        }
        return durations
    }

    /// The tags of all images that were built, newest first, whatever became of them.
    package func imageTags() throws -> [String] {
        try rows(
            """
            SELECT name FROM artifacts WHERE kind = 'image' GROUP BY name
            ORDER BY max(attempt_id) DESC
            """
        ) { row in
            row.text(0).split(separator: ":").last.map(String.init) ?? ""
        }
    }
}
