import Posix
import SQLite
import Synchronization

/// The one connection that writes, guarded: any thread may use it, one at a time.
///
/// What has ended or what is live is committed with `synchronous = FULL`, and survives a power cut. That units begin,
/// and what files hold, is committed with `NORMAL`: a power cut may take the newest of these commits back, never break
/// the file (https://sqlite.org/wal.html#performance_considerations), and nothing depends on them.
package final class LedgerWriter: Sendable {
    package let path: String
    private let guarded: Mutex<Database>

    /// Opens the ledger, makes it if there is none, and brings its schema up to date.
    ///
    /// - Throws: `LedgerError`.
    package init(path: String) throws {
        self.path = path
        guarded = Mutex(try LedgerFile.openForWriting(path))
    }

    /// A ledger that lies on no disk: all writers and readers of this process with the same name share it, and it goes
    /// with the last of them.
    package init(memory name: String) throws {
        path = name
        guarded = Mutex(try LedgerFile.open(memory: name))
    }

    enum Durability {
        /// The commit survives a crash of the tool; a power cut may take it back.
        case crash
        /// The commit survives a power cut.
        case powerCut
    }

    /// Runs `body` in one transaction.
    func write<Value: Sendable>(
        _ durability: Durability = .crash, _ body: @Sendable (Database) throws -> Value
    ) throws -> Value {
        let path = path
        return try guarded.withLock { database in
            try Self.transaction(database, path, durability, body)
        }
    }

    /// A copy of all that is committed, as one file that needs no other
    /// (https://sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause).
    ///
    /// - Parameter path: must not be there.
    package func copy(to copy: String) throws {
        try guarded.withLock { database in
            try LedgerFile.explaining(path) {
                try database.prepare("VACUUM INTO ?").run(copy)
            }
        }
    }

    /// Uses the connection outside of a transaction.
    func withDatabase<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) throws -> Value {
        let path = path
        return try guarded.withLock { database in
            try Self.explained(path, database, body)
        }
    }

    private static func explained<Value: Sendable>(
        _ path: String, _ database: Database, _ body: @Sendable (Database) throws -> Value
    ) throws -> Value {
        try LedgerFile.explaining(path) { try body(database) }
    }

    private static func transaction<Value: Sendable>(
        _ database: Database, _ path: String, _ durability: Durability,
        _ body: @Sendable (Database) throws -> Value
    ) throws -> Value {
        try LedgerFile.explaining(path) {
            if durability == .powerCut { try database.execute("PRAGMA synchronous = FULL") }
            defer {
                if durability == .powerCut {
                    try? database.execute("PRAGMA synchronous = NORMAL")  // try?: safer than asked
                }
            }
            return try database.transaction(.immediate) { try body(database) }
        }
    }
}
