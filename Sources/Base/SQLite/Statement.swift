import CSQLite

/// A prepared statement. Comes from ``Database/prepare(_:)``; valid until the database is closed,
/// after which every use throws.
///
/// Not `Sendable`: it belongs to the thread of its connection.
package final class Statement {
    /// The text it was prepared from.
    package let sql: String
    private let handle: Handle
    private let pointer: OpaquePointer

    init(_ sql: String, handle: Handle) throws(SQLiteError) {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(
            try handle.open(), sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        try handle.check(code, sql: sql)
        guard let pointer else {
            throw SQLiteError(
                extendedCode: SQLITE_MISUSE, message: "there is no statement in the text",
                path: handle.path, sql: sql)
        }
        self.sql = sql
        self.handle = handle
        self.pointer = pointer
    }

    deinit {
        // Closing finalises all statements of the connection.
        if handle.connection != nil { sqlite3_finalize(pointer) }
    }

    /// Moves to the next row; `false` when there is none, after which the statement is reset.
    package func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(try usable()) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(pointer)
            return false
        case let code:
            let error = handle.error(sql: sql, code: code)
            sqlite3_reset(pointer)
            throw error
        }
    }

    /// Binds the values to the placeholders in order, runs to the end, and forgets the values.
    package func run(_ values: (any Bindable)?...) throws(SQLiteError) {
        try bindAll(values)
        defer { try? reset() }  // try?: it repeats the step's error (sqlite3_reset(3))
        while try step() {}
    }

    /// Binds the values in order and calls `body` for every row, which it reads by column.
    package func forEachRow(
        _ values: (any Bindable)?..., body: (Statement) throws -> Void
    ) throws {
        try bindAll(values)
        defer { try? reset() }  // try?: it repeats the step's error (sqlite3_reset(3))
        while try step() { try body(self) }
    }

    /// Binds the values in order and returns what `body` makes of each row.
    package func rows<Value>(
        _ values: (any Bindable)?..., body: (Statement) throws -> Value
    ) throws -> [Value] {
        try bindAll(values)
        defer { try? reset() }  // try?: it repeats the step's error (sqlite3_reset(3))
        var rows: [Value] = []
        while try step() { rows.append(try body(self)) }
        return rows
    }

    /// Binds the values in order and returns what `body` makes of the first row, `nil` without one.
    package func firstRow<Value>(
        _ values: (any Bindable)?..., body: (Statement) throws -> Value
    ) throws -> Value? {
        try bindAll(values)
        defer { try? reset() }  // try?: it repeats the step's error (sqlite3_reset(3))
        return try step() ? body(self) : nil
    }

    /// Ends the reading of rows and forgets all values.
    package func reset() throws(SQLiteError) {
        sqlite3_reset(try usable())
        sqlite3_clear_bindings(pointer)
    }

    /// The statement, as long as its connection is open.
    func usable() throws(SQLiteError) -> OpaquePointer {
        _ = try handle.open()
        return pointer
    }

    func check(_ code: Int32) throws(SQLiteError) {
        try handle.check(code, sql: sql)
    }

    /// The statement for reading a column; `nil` when closed, where every column reads as NULL.
    var row: OpaquePointer? { handle.connection == nil ? nil : pointer }

    private func bindAll(_ values: [(any Bindable)?]) throws(SQLiteError) {
        try reset()
        let expected = Int(sqlite3_bind_parameter_count(pointer))
        guard values.count == expected else {
            throw SQLiteError(
                extendedCode: SQLITE_RANGE,
                message: "\(values.count) values for \(expected) placeholders",
                path: handle.path, sql: sql)
        }
        for (position, value) in values.enumerated() {
            // A fresh placeholder is NULL already.
            try value?.bind(to: self, at: position + 1)
        }
    }
}
