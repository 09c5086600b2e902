import Posix
import SQLite

/// Opens ledgers, and refuses those that must not be used.
enum LedgerFile {
    /// Marks the file as a ledger in SQLite's header (`PRAGMA application_id`): "PPLN".
    static let applicationID = 0x5050_4C4E

    static func openForWriting(_ path: String) throws -> Database {
        try refuseNetwork(path)
        return try explaining(path) {
            let isNew = try FileSystem.status(path) == nil
            let database = try Database(
                path: path, mode: .readWriteCreate, followsLinks: true, busyTimeout: 10_000)
            if isNew { try FileSystem.changeMode(path, to: 0o600) }
            try database.execute(
                """
                PRAGMA journal_mode = WAL;
                PRAGMA foreign_keys = ON;
                PRAGMA synchronous = NORMAL;
                PRAGMA journal_size_limit = 16777216;
                """)
            try checkIdentity(database, path, isNew: isNew)
            try migrate(database, path)
            return database
        }
    }

    /// A ledger in memory, brought up to date. It goes with its last connection.
    static func open(memory name: String) throws -> Database {
        try explaining(name) {
            let database = try Database(memory: name)
            try database.execute("PRAGMA foreign_keys = ON")
            try checkIdentity(database, name, isNew: true)
            try migrate(database, name)
            return database
        }
    }

    /// - Parameter follows: whether what is written from now on is to be seen. If not, a ledger that nobody writes is
    ///   read from a copy in memory: a connection of SQLite's would make files beside it, and leave them.
    static func openForReading(_ path: String, follows: Bool) throws -> Database {
        guard try FileSystem.status(path) != nil else { throw LedgerError.missing(path: path) }
        try refuseNetwork(path)
        return try explaining(path) {
            let database =
                try (follows ? nil : atRest(path))
                ?? Database(path: path, mode: .readOnly, followsLinks: true, busyTimeout: 10_000)
            try checkIdentity(database, path, isNew: false)
            let version = try database.userVersion()
            guard version <= Migration.all.count else {
                throw LedgerError.fromNewerVersion(
                    path: path, version: version, known: Migration.all.count)
            }
            return database
        }
    }

    /// More is read by a connection, traces or not.
    private static let mostCopied: Int64 = 1 << 30

    /// The ledger as it is now, from a copy. Nil where somebody writes it just then, who has made those files anyway.
    private static func atRest(_ path: String) throws -> Database? {
        func state() throws -> [StatKey?] {
            try [path, path + "-wal"].map { try FileSystem.status($0).map { StatKey($0) } }
        }
        let before = try state()
        guard before.reduce(0, { $0 + ($1?.size ?? 0) }) <= mostCopied else { return nil }
        let bytes = try FileSystem.read(path)
        let hasLog = (before[1]?.size ?? 0) > 0
        let log = hasLog ? try FileSystem.read(path + "-wal") : []
        guard try state() == before else { return nil }
        return try hasLog ? copy(bytes, log) : Database(image: bytes, of: path)
    }

    /// What a log holds belongs to the file: SQLite reads both, in a folder of its own that is gone afterwards.
    private static func copy(_ bytes: [UInt8], _ log: [UInt8]) throws -> Database {
        let base = Environment.value("XDG_RUNTIME_DIR") ?? Environment.value("TMPDIR") ?? "/tmp"
        let folder = "\(base)/pipeline-ledger-\(RandomID.uuid())"
        try FileSystem.createDirectories(folder, mode: 0o700)
        defer { try? FileSystem.removeTree(folder) }  // try?: ours, made above; never read again
        for (name, content) in [("ledger", bytes), ("ledger-wal", log)] {
            let descriptor = try Descriptors.open("\(folder)/\(name)", .replace)
            defer { Descriptors.close(descriptor) }
            try Descriptors.write(content, to: descriptor)
        }
        let database = try Database(path: "\(folder)/ledger", mode: .readOnly)
        // Now all files are open, and need no names.
        _ = try database.prepare("SELECT count(*) FROM sqlite_schema").firstRow { $0.int(0) }
        return database
    }

    private static func refuseNetwork(_ path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let place = path.hasPrefix("/") ? "/" + folder : (folder.isEmpty ? "." : folder)
        if let kind = try FileSystem.isNetwork(place) {
            throw LedgerError.onNetworkFileSystem(path: path, kind: kind)
        }
    }

    private static func checkIdentity(_ database: Database, _ path: String, isNew: Bool) throws {
        let found = try database.prepare("PRAGMA application_id").firstRow { Int($0.int(0)) } ?? 0
        let tables = try database.prepare("SELECT count(*) FROM sqlite_schema").firstRow {
            $0.int(0)
        }
        if found == 0, tables == 0 {
            if !database.isReadOnly {
                try database.execute("PRAGMA application_id = \(applicationID)")
            }
        } else if found != applicationID {
            throw LedgerError.foreign(path: path)
        }
    }

    private static func migrate(_ database: Database, _ path: String) throws {
        let version = try database.userVersion()
        guard version <= Migration.all.count else {
            throw LedgerError.fromNewerVersion(
                path: path, version: version, known: Migration.all.count)
        }
        guard version < Migration.all.count else { return }
        try database.transaction(.immediate) {
            try database.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_ms INTEGER)")
            // Read again inside the lock: another process may have been quicker.
            for index in try database.userVersion()..<Migration.all.count {
                try database.execute(Migration.all[index].sql)
                try database.prepare("INSERT INTO migrations VALUES (?, ?)").run(
                    Migration.all[index].name, Timestamp.now().milliseconds)
            }
            try database.setUserVersion(Int32(Migration.all.count))
        }
    }

    /// Turns SQLite's codes into errors that say what to do.
    static func explaining<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SQLiteError {
            // SQLite says of it only that it could not open a file.
            if error.isOutOfDescriptors {
                throw PosixError(call: "open", path: path, code: error.systemError)
            }
            if error.isCorrupt { throw LedgerError.damaged(path: path, findings: [error.message]) }
            if error.isNotADatabase { throw LedgerError.foreign(path: path) }
            if error.isReadOnly || error.isCannotOpen { throw LedgerError.readOnly(path: path) }
            if error.isFull { throw LedgerError.full(path: path) }
            throw error
        }
    }
}
