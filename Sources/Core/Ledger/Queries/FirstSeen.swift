package import Digests
import SQLite

extension LedgerReader {
    /// When this clone first had a data manifest, in milliseconds since 1970; nil where it is not on record.
    package func firstSeen(manifest: Digest) throws -> Int64? {
        try rows("SELECT created_ms FROM manifests WHERE digest = ?", [manifest]) { $0.int(0) }
            .first
    }

    /// When this clone first pushed an image, in milliseconds since 1970; nil where it is not on record.
    ///
    /// - Parameter image: `host/path@sha256:…`.
    package func firstSeen(image: String) throws -> Int64? {
        guard let hex = image.split(separator: ":").last, let digest = Digest(hex: String(hex))
        else { return nil }
        return try rows(
            """
            SELECT min(t.started_ms + coalesce(t.duration_ms, 0)) FROM artifacts a JOIN attempts t ON t.id = a.attempt_id
            WHERE a.digest = ? AND a.kind = 'pushed-image'
            """, [digest]
        ) { $0.optionalInt(0) }.first.flatMap { $0 }
    }
}
