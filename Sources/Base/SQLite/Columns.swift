import CSQLite

/// Columns of the row that ``Statement/step()`` moved to; they count from 0. A value of another
/// type is converted as https://sqlite.org/c3ref/column_blob.html tells: NULL reads as 0 or empty.
extension Statement {
    package func isNull(_ column: Int) -> Bool {
        guard let row else { return true }
        return sqlite3_column_type(row, Int32(column)) == SQLITE_NULL
    }

    package func int(_ column: Int) -> Int64 {
        row.map { sqlite3_column_int64($0, Int32(column)) } ?? 0
    }

    package func bool(_ column: Int) -> Bool { int(column) != 0 }

    package func double(_ column: Int) -> Double {
        row.map { sqlite3_column_double($0, Int32(column)) } ?? 0
    }

    package func text(_ column: Int) -> String {
        guard let row, let start = sqlite3_column_text(row, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(row, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int) -> [UInt8] {
        withBlob(column) { [UInt8]($0) }
    }

    /// The bytes of a blob, or of a text, without a copy; valid inside `body` only.
    package func withBlob<Value, Failure: Error>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let row, let start = sqlite3_column_blob(row, Int32(column)) else {
            return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let count = Int(sqlite3_column_bytes(row, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    package func optionalInt(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }

    package func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    package func optionalBlob(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }
}
