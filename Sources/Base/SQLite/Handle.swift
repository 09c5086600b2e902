import CSQLite

/// An open connection, shared by a database and its statements, so that it closes after the last
/// of them whatever the order in which they go.
final class Handle {
    let path: String
    /// `nil` once closed; every use of a statement checks it.
    private(set) var connection: OpaquePointer?

    init(path: String, flags: Int32) throws(SQLiteError) {
        self.path = path
        // A leading "file:" would be read as a URI where SQLite was built so.
        let name = path.hasPrefix("/") || path == ":memory:" ? path : "./" + path
        let code = sqlite3_open_v2(name, &connection, flags, nil)
        guard code == SQLITE_OK else {
            // The connection carries the reason, and has to be closed although opening failed.
            let error = self.error(sql: nil, code: code)
            sqlite3_close(connection)
            throw error
        }
        sqlite3_extended_result_codes(connection, 1)
    }

    /// A database in memory that all connections of this process to the same name share, until the last one closes
    /// (https://sqlite.org/src/file/src/memdb.c).
    init(memory name: String, flags: Int32) throws(SQLiteError) {
        path = name
        let uri = "file:/\(name)?vfs=memdb"
        let code = sqlite3_open_v2(uri, &connection, flags | SQLITE_OPEN_URI, nil)
        guard code == SQLITE_OK else {
            let error = self.error(sql: nil, code: code)
            sqlite3_close(connection)
            throw error
        }
        sqlite3_extended_result_codes(connection, 1)
    }

    init(image: [UInt8], of path: String) throws(SQLiteError) {
        self.path = path
        var code = sqlite3_open_v2(
            ":memory:", &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK else { throw error(sql: nil, code: code) }
        sqlite3_extended_result_codes(connection, 1)
        let size = sqlite3_int64(image.count)
        // SQLite owns the copy, and frees it also where it does not take it.
        guard let copy = sqlite3_malloc64(sqlite3_uint64(max(1, image.count))) else {
            throw error(sql: nil, code: SQLITE_NOMEM)
        }
        copy.withMemoryRebound(to: UInt8.self, capacity: image.count) { bytes in
            image.withUnsafeBufferPointer { source in
                if let base = source.baseAddress {
                    bytes.update(from: base, count: source.count)
                }
            }
            // The versions for writing and reading say that there is a log (https://sqlite.org/fileformat2.html,
            // 1.3.3), which a copy in memory cannot have.
            if image.count > 19, bytes[18] == 2 { (bytes[18], bytes[19]) = (1, 1) }
            code = sqlite3_deserialize(
                connection, "main", bytes, size, size,
                UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY))
        }
        try check(code, sql: nil)
    }

    deinit { close() }

    func close() {
        guard let connection else { return }
        while let statement = sqlite3_next_stmt(connection, nil) { sqlite3_finalize(statement) }
        sqlite3_close(connection)
        self.connection = nil
    }

    func open() throws(SQLiteError) -> OpaquePointer {
        guard let connection else {
            throw SQLiteError(
                extendedCode: SQLITE_MISUSE, message: "the connection is closed", path: path)
        }
        return connection
    }

    func check(_ code: Int32, sql: String?) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw error(sql: sql, code: code) }
    }

    /// The failure that the connection last ran into.
    func error(sql: String?, code: Int32) -> SQLiteError {
        guard let connection else {
            let message = String(cString: sqlite3_errstr(code))
            return SQLiteError(extendedCode: code, message: message, path: path, sql: sql)
        }
        // After SQLITE_MISUSE the connection still tells of the failure before.
        let last = sqlite3_extended_errcode(connection)
        let isLast = last & 0xFF == code & 0xFF
        let message = isLast ? sqlite3_errmsg(connection) : sqlite3_errstr(code)
        return SQLiteError(
            extendedCode: isLast ? last : code,
            message: message.map { String(cString: $0) } ?? "unknown failure",
            path: path, sql: sql,
            systemError: isLast ? sqlite3_system_errno(connection) : 0)
    }
}
