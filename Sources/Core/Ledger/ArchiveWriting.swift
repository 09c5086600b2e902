package import ArchiveHistory
package import Digests
import JSON
import PipelinePlanning
package import Posix
import SQLite

/// A segment as it was read from an archive.
package struct ReadSegment: Sendable {
    package let segment: HistorySegment
    /// Of all its bytes.
    package let digest: Digest
    package let bytes: Int64
    /// Why what it holds is not used, such as a signature that is missing; nil where it is.
    package let refused: String?
    /// Whose signature stands for it; nil where signatures are not asked for.
    package let signer: String?
    /// Whether this clone has written it, and all that it follows.
    package let isOwn: Bool

    package init(
        _ segment: HistorySegment, digest: Digest, bytes: Int64, refused: String?, signer: String?,
        isOwn: Bool = false
    ) {
        self.signer = signer
        self.isOwn = isOwn
        self.segment = segment
        self.digest = digest
        self.bytes = bytes
        self.refused = refused
    }

    package func marked(isOwn: Bool) -> ReadSegment {
        ReadSegment(
            segment, digest: digest, bytes: bytes, refused: refused, signer: signer, isOwn: isOwn)
    }
}

extension LedgerWriter {
    /// Keeps what segments of an archive hold. Of a segment that is refused its head alone is kept; one that is known is replaced.
    package func recordHistory(_ segments: [ReadSegment]) throws {
        guard !segments.isEmpty else { return }
        try write { database in
            for segment in segments { try Self.record(segment, database) }
        }
    }

    /// Remembers contents that did not arrive from an archive as their digest says: they are not asked for there again.
    package func recordDamaged(_ objects: [ArchivedObject], in archive: String, at now: Timestamp)
        throws
    {
        guard !objects.isEmpty else { return }
        try write { database in
            for object in objects {
                try database.prepare(
                    """
                    INSERT INTO archive_damaged (archive, path, digest, seen_ms) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """
                ).run(archive, object.path, object.digest, now.milliseconds)
            }
        }
    }

    /// Forgets that files of an archive were damaged: they are whole again.
    package func forgetDamaged(_ paths: [String], in archive: String) throws {
        guard !paths.isEmpty else { return }
        try write { database in
            for path in paths {
                try database.prepare("DELETE FROM archive_damaged WHERE archive = ? AND path = ?")
                    .run(archive, path)
            }
        }
    }

    private static func record(_ read: ReadSegment, _ database: Database) throws {
        let head = read.segment.head
        try database.prepare(
            """
            DELETE FROM archive_segments WHERE archive = ? AND writer = ? AND number = ? AND digest = ?
            """
        ).run(head.archive, head.name.writer, head.name.number, read.digest)
        try database.prepare(
            """
            INSERT INTO archive_segments
              (archive, writer, number, digest, bytes, made_ms, user, host, system, library,
               processor, signer, refused, is_own)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            head.archive, head.name.writer, head.name.number, read.digest, read.bytes, head.madeMs,
            head.author.user, head.author.host, head.platform.system, head.platform.library,
            head.platform.processor, read.signer, read.refused,
            Int64(read.isOwn ? 1 : 0))
        guard read.refused == nil else { return }
        let recorder = SegmentRecorder(database: database, segment: database.lastInsertedRow)
        try recorder.record(read.segment)
    }
}

private struct SegmentRecorder {
    let database: Database
    let segment: Int64

    func record(_ history: HistorySegment) throws {
        try record(
            objects: history.objects, removed: history.removed, programs: history.programs)
        try record(results: history.results, sets: history.sets)
        let team = TeamRecorder(database: database, archive: history.head.archive)
        for release in history.releases {
            try record(release)
            try team.record(release)
        }
        for deployment in history.deployments {
            try record(deployment)
            try team.record(deployment, as: history.releases)
        }
        for pin in history.pins {
            try database.prepare(
                """
                INSERT INTO archive_pins (segment_id, environment, release, name, is_kept)
                VALUES (?, ?, ?, ?, ?)
                """
            ).run(segment, pin.environment, pin.release, pin.name, Int64(pin.isKept ? 1 : 0))
        }
    }

    private func record(
        objects: [ArchivedObject], removed: [String], programs: [Digest: String]
    ) throws {
        for object in objects {
            try database.prepare(
                """
                INSERT INTO archive_objects (digest, path, size, start, segment_id)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
            ).run(object.digest, object.path, object.size, object.offset, segment)
        }
        for (digest, version) in programs {
            try database.prepare(
                """
                INSERT INTO archive_programs (digest, version, segment_id) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """
            ).run(digest, version, segment)
        }
        for path in removed {
            try database.prepare(
                "INSERT INTO archive_removed (path, segment_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
            ).run(path, segment)
        }
    }

    private func record(results: [ArchivedResult], sets: [ComponentSet]) throws {
        var ids: [Digest: Int64] = [:]
        for set in sets { ids[set.digest] = try id(of: set) }
        func known(_ digest: Digest) throws -> Int64? {
            if let id = ids[digest] { return id }
            if digest == ComponentSet.empty.digest { ids[digest] = try id(of: .empty) }
            return try ids[digest]
                ?? database.prepare("SELECT id FROM component_sets WHERE digest = ?")
                .firstRow(digest) { $0.int(0) }
        }
        for result in results {
            // A result that cannot be compared is of no use.
            guard let recipe = try known(result.recipe), let code = try known(result.code),
                let inputs = try known(result.inputs), let reads = try known(result.reads)
            else { continue }
            try database.prepare(
                """
                INSERT INTO archive_results (segment_id, unit, stage, recipe_id, code_id, inputs_id,
                  reads_id, outputs, result, duration_ms, made_ms, user, host, commit_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                segment, result.unit, result.stage, recipe, code, inputs, reads,
                result.outputs.json, result.axisValues, result.milliseconds, result.madeMs,
                result.author.user, result.author.host, result.commit)
        }
    }

    private func id(of set: ComponentSet) throws -> Int64 {
        let known = try database.prepare("SELECT id FROM component_sets WHERE digest = ?")
            .firstRow(set.digest) { $0.int(0) }
        if let known { return known }
        try database.prepare("INSERT INTO component_sets (digest, content) VALUES (?, ?)")
            .run(set.digest, set.text)
        return database.lastInsertedRow
    }

    private func record(_ release: ArchivedRelease) throws {
        try database.prepare(
            """
            INSERT INTO archive_releases (segment_id, environment, number, identity, image, code,
              manifest, bundle, settings, commit_id, created_ms, user, host)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """
        ).run(
            segment, release.environment, release.number, release.content.identity, release.image,
            release.code, release.manifest, release.bundle, release.settings, release.commit,
            release.createdMs, release.author.user, release.author.host)
    }

    private func record(_ deployment: ArchivedDeployment) throws {
        try database.prepare(
            """
            INSERT INTO archive_deployments (segment_id, environment, release, kind, replaces,
              outcome, slot, version, started_ms, ended_ms, message, user, host, machine)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            segment, deployment.environment, deployment.release, deployment.kind,
            deployment.replaces, deployment.outcome, deployment.slot, deployment.version,
            deployment.startedMs, deployment.endedMs, deployment.message, deployment.author.user,
            deployment.author.host, deployment.machine)
    }
}

extension [OutputRecord] {
    /// As the ledger keeps outputs of the archive's results: an array of arrays of path, digest, bytes and form.
    var json: String {
        JSONValue.array(
            map {
                .array([
                    .string($0.path), .string($0.digest.hex), .int($0.size),
                    .string($0.form.rawValue),
                ])
            }
        ).text
    }

    /// Nil where the text is damaged.
    init?(parsing text: String) {
        guard let values = (try? JSONValue(parsing: text))?.array  // try?: nil below
        else { return nil }
        let records = values.compactMap { value -> OutputRecord? in
            let parts = value.elements
            guard parts.count == 4, let path = parts[0].string,
                let digest = parts[1].string.flatMap({ Digest(hex: $0) }),
                let size = parts[2].wholeNumber,
                let form = parts[3].string.flatMap(OutputRecord.Form.init)
            else { return nil }
            return OutputRecord(path: path, digest: digest, size: size, form: form)
        }
        guard records.count == values.count else { return nil }
        self = records
    }
}

extension ResultOrigin {
    /// As the ledger keeps it with an attempt.
    var json: String {
        let value: JSONValue = [
            "user": .string(user), "host": .string(host), "commit": .string(commit),
            "made": .int(madeMs), "milliseconds": .int(milliseconds),
        ]
        return value.text
    }

    /// Nil where the text is damaged.
    init?(parsing text: String) {
        guard let value = try? JSONValue(parsing: text),  // try?: nil below
            let user = value["user"]?.string, let host = value["host"]?.string,
            let made = value["made"]?.wholeNumber,
            let milliseconds = value["milliseconds"]?.wholeNumber
        else { return nil }
        self.init(
            user: user, host: host, commit: value["commit"]?.string, madeMs: made,
            milliseconds: milliseconds)
    }
}
