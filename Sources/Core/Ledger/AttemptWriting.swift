import Digests
import JSON
import PipelineModel
package import PipelinePlanning
package import Posix
import SQLite

extension LedgerWriter {
    /// Records that a unit starts.
    ///
    /// - Returns: the number of the attempt.
    package func startAttempt(
        run: Int64, unit: String, stage: String, reasons: [Reason], log: String?, at now: Timestamp
    ) throws -> Int64 {
        let start = AttemptStart(unit: unit, stage: stage, reasons: reasons, log: log)
        return try startAttempts([start], run: run, at: now).first ?? 0
    }

    /// Records that units start, all in one commit.
    ///
    /// - Returns: the numbers of the attempts, in the units' order.
    package func startAttempts(
        _ starts: [AttemptStart], run: Int64, at now: Timestamp
    ) throws -> [Int64] {
        try write { database in
            try starts.map { try record($0, run, now, database) }
        }
    }

    private func record(
        _ start: AttemptStart, _ run: Int64, _ now: Timestamp, _ database: Database
    ) throws -> Int64 {
        try database.prepare(
            "INSERT INTO units (name, stage) VALUES (?, ?) ON CONFLICT DO NOTHING"
        )
        .run(start.unit, start.stage)
        try database.prepare(
            """
            INSERT INTO attempts (unit_id, run_id, outcome, reasons, started_ms, log)
            VALUES ((SELECT id FROM units WHERE name = ?), ?, 'running', ?, ?, ?)
            """
        ).run(start.unit, run, start.reasons.json, now.milliseconds, start.log)
        let attempt = database.lastInsertedRow
        try database.prepare("UPDATE units SET newest_id = ? WHERE name = ?")
            .run(attempt, start.unit)
        return attempt
    }

    /// Records where all that was printed lies, for a step whose log is known only once it has failed.
    package func recordLog(_ path: String, of attempt: Int64) throws {
        try write { database in
            try database.prepare("UPDATE attempts SET log = ? WHERE id = ?").run(path, attempt)
        }
    }

    /// Forgets a start: the unit was never begun.
    package func takeBackAttempt(_ attempt: Int64) throws {
        try write { database in
            try database.prepare(
                """
                UPDATE units SET newest_id =
                  (SELECT max(a.id) FROM attempts a WHERE a.unit_id = units.id AND a.id <> ?1)
                WHERE newest_id = ?1
                """
            ).run(attempt)
            try database.prepare("DELETE FROM attempts WHERE id = ? AND outcome = 'running'")
                .run(attempt)
        }
    }

    /// Records how attempts ended, all in one commit. For a success the outputs must be on disk
    /// under their final names: what is recorded here is believed from now on.
    package func endAttempts(_ ends: [AttemptEnd]) throws {
        // A batch is some dozen units: one more call to the disk beside those for their outputs.
        try write(.powerCut) { database in
            for end in ends { try record(end, database) }
        }
    }

    private func record(_ end: AttemptEnd, _ database: Database) throws {
        switch end.outcome {
        case .success(let success): try record(success, of: end, database)
        case .failed(let message):
            try close(end, "failed", message: message, database)
            // What was recorded as done just before could not get its name.
            try database.prepare(
                "UPDATE units SET success_id = NULL WHERE name = ? AND success_id = ?"
            ).run(end.unit, end.attempt)
        case .interrupted:
            try close(end, "interrupted", message: nil, database)
        }
    }

    private func close(
        _ end: AttemptEnd, _ outcome: String, message: String?, _ database: Database
    ) throws {
        try database.prepare(
            "UPDATE attempts SET outcome = ?, message = ?, duration_ms = ? WHERE id = ?"
        ).run(outcome, message, end.durationMs, end.attempt)
    }

    private func record(
        _ success: AttemptEnd.Success, of end: AttemptEnd, _ database: Database
    ) throws {
        let fingerprint = Fingerprint.of(
            recipe: success.recipe.digest, code: success.code.digest,
            inputs: success.inputs.digest, reads: success.reads.digest)
        try database.prepare(
            """
            UPDATE attempts SET outcome = ?, fingerprint = ?, recipe_id = ?, code_id = ?,
              inputs_id = ?, reads_id = ?, duration_ms = ?, result = ?, metrics = ?, origin = ?
            WHERE id = ?
            """
        ).run(
            success.wasRestored ? "restored" : "done", fingerprint,
            try id(of: success.recipe, "recipe_id", of: end.unit, database),
            try id(of: success.code, "code_id", of: end.unit, database),
            try id(of: success.inputs, "inputs_id", of: end.unit, database),
            try id(of: success.reads, "reads_id", of: end.unit, database),
            end.durationMs, success.result, success.metrics, success.origin?.json, end.attempt)
        for artifact in success.artifacts {
            try database.prepare(
                """
                INSERT INTO artifacts (attempt_id, kind, name, digest, size, form)
                VALUES (?, ?, ?, ?, ?, ?)
                """
            ).run(
                end.attempt, artifact.kind.rawValue, artifact.name, artifact.digest, artifact.size,
                artifact.form.rawValue)
        }
        for (path, file) in success.files { try remember(path, file, database) }
        try database.prepare("UPDATE units SET success_id = ?, newest_id = ? WHERE name = ?")
            .run(end.attempt, end.attempt, end.unit)
    }

    /// The row of a set, which is written where there is none yet.
    ///
    /// - Parameter column: where attempts name their set of this kind.
    private func id(
        of set: ComponentSet, _ column: String, of unit: String, _ database: Database
    ) throws -> Int64? {
        let known = try database.prepare("SELECT id FROM component_sets WHERE digest = ?")
            .firstRow(set.digest) { $0.int(0) }
        if let known { return known }
        if let (base, difference) = try difference(of: set, column, of: unit, database) {
            try database.prepare(
                "INSERT INTO component_sets (digest, content, base_id) VALUES (?, ?, ?)"
            ).run(set.digest, difference, base)
        } else {
            try database.prepare("INSERT INTO component_sets (digest, content) VALUES (?, ?)")
                .run(set.digest, set.text)
        }
        return database.lastInsertedRow
    }

    /// A large set as what differs from the whole set behind the one of the unit's last success; nil where it is to be
    /// kept whole. A base is always whole, so that reading a set never follows a chain.
    private func difference(
        of set: ComponentSet, _ column: String, of unit: String, _ database: Database
    ) throws -> (base: Int64, text: String)? {
        guard set.entries.count >= Self.leastForDifference else { return nil }
        let base = try database.prepare(
            """
            SELECT b.id, b.content FROM units u JOIN attempts a ON a.id = u.success_id
            JOIN component_sets s ON s.id = a.\(column)
            JOIN component_sets b ON b.id = coalesce(s.base_id, s.id)
            WHERE u.name = ?
            """
        ).firstRow(unit) { ($0.int(0), $0.text(1)) }
        guard let (id, content) = base, let whole = ComponentSet(parsing: content),
            let text = set.difference(from: whole),
            // What could not be read again would be worse than what is large.
            whole.applying(difference: text)?.digest == set.digest
        else { return nil }
        return (id, text)
    }

    /// A set of fewer is read and written whole in less time than it takes to ask for another.
    private static let leastForDifference = 200

    /// Records contents of files that were hashed.
    package func rememberFiles(_ files: [String: KnownFile]) throws {
        guard !files.isEmpty else { return }
        try write { database in
            for (path, file) in files { try remember(path, file, database) }
        }
    }

    private func remember(_ path: String, _ file: KnownFile, _ database: Database) throws {
        try database.prepare(
            """
            INSERT INTO file_digests
              (path, device, inode, size, modified_ns, changed_ns, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET device = excluded.device, inode = excluded.inode,
              size = excluded.size, modified_ns = excluded.modified_ns,
              changed_ns = excluded.changed_ns, digest = excluded.digest
            """
        ).run(
            path, file.key.device, file.key.inode, file.key.size, file.key.modifiedNs,
            file.key.changedNs, file.digest)
    }
}

extension [Reason] {
    /// As the ledger keeps them: an array of objects with `reason`, `text` and, where a component
    /// changed, `component`, `before`, `after`.
    package var json: String {
        JSONText.array(
            map { reason in
                var members = [
                    (key: "reason", value: JSONText.quoted(reason.word)),
                    (key: "text", value: JSONText.quoted(reason.text)),
                ]
                if let change = reason.change {
                    members.append((key: "component", value: JSONText.quoted(change.name)))
                    let before = change.before.map { JSONText.quoted($0) } ?? "null"
                    let after = change.after.map { JSONText.quoted($0) } ?? "null"
                    members.append((key: "before", value: before))
                    members.append((key: "after", value: after))
                }
                return JSONText.object(members)
            })
    }
}
