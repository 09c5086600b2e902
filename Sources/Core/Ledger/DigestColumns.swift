package import Digests
package import Posix
package import SQLite

/// Digests are stored as blobs of 32 bytes.
extension Digest: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(bytes, at: index)
    }
}

extension Statement {
    func digest(_ column: Int) -> Digest? {
        withBlob(column) { Digest(bytes: $0) }
    }
}

extension Timestamp {
    /// Milliseconds since 1970: the ledger's times.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
