package import Digests
import SQLite

/// How much data a manifest names.
package struct ManifestSize: Sendable, Hashable {
    package let files: Int64
    package let bytes: Int64

    package init(files: Int64, bytes: Int64) {
        self.files = files
        self.bytes = bytes
    }
}

extension LedgerReader {
    /// The names of the environments that releases were made for, sorted.
    package func environmentsWithReleases() throws -> [String] {
        try rows("SELECT DISTINCT environment FROM releases ORDER BY environment") { $0.text(0) }
    }

    /// The metrics of a unit's attempts that ended well, the newest first.
    package func metrics(ofUnit unit: String, limit: Int) throws -> [String] {
        try rows(
            """
            SELECT metrics FROM attempts
            WHERE unit_id = (SELECT id FROM units WHERE name = ?) AND outcome = 'done'
              AND metrics IS NOT NULL
            ORDER BY id DESC LIMIT ?
            """, [unit, limit]
        ) { $0.text(0) }
    }

    /// nil where the data was never recorded.
    package func manifestSize(_ manifest: Digest) throws -> ManifestSize? {
        try rows("SELECT files, bytes FROM manifests WHERE digest = ?", [manifest]) { row in
            ManifestSize(files: row.int(0), bytes: row.int(1))
        }.first
    }
}
