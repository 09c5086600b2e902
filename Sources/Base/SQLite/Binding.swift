import CSQLite

/// Placeholders count from 1: https://sqlite.org/c3ref/bind_blob.html. Bytes are copied.
extension Statement {
    package func bind(_ value: Int64, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(try usable(), Int32(index), value))
    }

    package func bind(_ value: Double, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_double(try usable(), Int32(index), value))
    }

    package func bind(_ value: String, at index: Int) throws(SQLiteError) {
        let statement = try usable()
        var value = value
        let code = value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                // A null pointer would bind NULL, and an empty string is not NULL.
                text.baseAddress.map {
                    csqlite_bind_text(statement, Int32(index), $0, UInt64(text.count))
                } ?? csqlite_bind_text(statement, Int32(index), "", 0)
            }
        }
        try check(code)
    }

    package func bind(_ value: [UInt8], at index: Int) throws(SQLiteError) {
        let statement = try usable()
        let code = value.withUnsafeBytes { bytes in
            csqlite_bind_blob(statement, Int32(index), bytes.baseAddress, UInt64(bytes.count))
        }
        try check(code)
    }

    package func bind(blob value: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
        let statement = try usable()
        try check(
            csqlite_bind_blob(statement, Int32(index), value.baseAddress, UInt64(value.count)))
    }

    package func bindNull(at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(try usable(), Int32(index)))
    }
}
