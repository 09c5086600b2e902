import CSQLite

/// A connection to an SQLite database.
///
/// Not `Sendable`, and opened without SQLite's own mutex: it belongs to one thread or to whatever
/// guards it. Journal mode, foreign keys and synchronous are the caller's to set, by
/// ``execute(_:)``, since they differ between a ledger and a scratch file.
package final class Database {
    package enum Mode: Sendable {
        case readWriteCreate
        case readWrite
        /// Cannot change the file, whatever is run. On a WAL database the `-shm` and `-wal` files
        /// beside it may be created, for which SQLite needs to write in the folder:
        /// https://sqlite.org/wal.html#read_only_databases.
        case readOnly
    }

    package let path: String
    private let handle: Handle
    private var cache: [String: Statement] = [:]

    /// Opens the file. A file that is no database is only noticed by the first statement.
    ///
    /// - Parameters:
    ///   - path: a file, or `:memory:`.
    ///   - followsLinks: when `false`, a symbolic link anywhere in the path is refused.
    ///   - busyTimeout: how many milliseconds to wait for locks of other connections.
    package init(
        path: String, mode: Mode, followsLinks: Bool = true, busyTimeout: Int = 0
    ) throws(SQLiteError) {
        let access =
            switch mode {
            case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        let links = followsLinks ? 0 : SQLITE_OPEN_NOFOLLOW
        self.path = path
        handle = try Handle(path: path, flags: access | links | SQLITE_OPEN_NOMUTEX)
        try handle.check(
            sqlite3_busy_timeout(handle.open(), Int32(clamping: busyTimeout)), sql: nil)
    }

    /// A database in memory, which all connections of this process to the same name share.
    ///
    /// - Parameter name: letters, digits and dashes. The content goes with the last connection.
    package init(memory name: String) throws(SQLiteError) {
        path = name
        handle = try Handle(
            memory: name, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX)
    }

    /// Opens a copy of a database's bytes, in memory and for reading only: nothing is made or locked beside the
    /// file that they were read from (https://sqlite.org/c3ref/deserialize.html).
    ///
    /// - Parameter path: where the bytes are from, for messages.
    package init(image: [UInt8], of path: String) throws(SQLiteError) {
        self.path = path
        handle = try Handle(image: image, of: path)
    }

    deinit { close() }

    /// Finalises all statements and closes the file. Statements still held throw from now on.
    package func close() {
        cache = [:]
        handle.close()
    }

    /// Runs a script of any number of statements; rows are dropped.
    package func execute(_ sql: String) throws(SQLiteError) {
        try handle.check(sqlite3_exec(handle.open(), sql, nil, nil, nil), sql: sql)
    }

    /// A statement for the first statement of `sql`, ready to bind. Kept for the next call with the
    /// same text, unless somebody still holds it then: that call gets one of its own.
    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        if isKnownUniquelyReferenced(&cache[sql]), let statement = cache[sql] {
            try statement.reset()
            return statement
        }
        let statement = try Statement(sql, handle: handle)
        if cache[sql] == nil { cache[sql] = statement }
        return statement
    }

    /// Rows inserted, changed or deleted by the last statement that did so.
    package var changes: Int { handle.connection.map { Int(sqlite3_changes64($0)) } ?? 0 }

    /// The rowid of the last insert; 0 before the first.
    package var lastInsertedRow: Int64 {
        handle.connection.map { sqlite3_last_insert_rowid($0) } ?? 0
    }

    /// Whether a transaction is open.
    package var isInTransaction: Bool {
        handle.connection.map { sqlite3_get_autocommit($0) == 0 } ?? false
    }

    /// Whether this connection can only read: by its mode, or because the file allows no more.
    package var isReadOnly: Bool {
        handle.connection.map { sqlite3_db_readonly($0, "main") == 1 } ?? true
    }
}
