import Posix
import SQLite

/// The ledger's write-ahead log (https://sqlite.org/wal.html): kept short, and missed where it is lacking.
enum LedgerLog {
    /// Beyond this it is reported that somebody keeps it from being emptied.
    static let longest: Int64 = 64 << 20

    static func size(_ path: String) throws(PosixError) -> Int64 {
        try FileSystem.status(path + "-wal")?.size ?? 0
    }

    /// Whether the file says that a log belongs to it (https://sqlite.org/fileformat2.html, 1.3.3), and there is none.
    static func isLacking(_ path: String) throws(PosixError) -> Bool {
        guard try FileSystem.status(path) != nil, try size(path) == 0 else { return false }
        let head = try FileSystem.readHead(path, limit: 20)
        return head.count == 20 && head[19] == 2
    }
}

extension LedgerWriter {
    /// Brings what the log holds into the file, so that a copy of it has the open run at least.
    package func checkpoint() throws {
        try checkpoint("PASSIVE")
    }

    /// Brings all that the log holds into the file, and empties the log.
    ///
    /// - Returns: bytes that the log still has since a reader is in the middle of it, where these are many; nil otherwise.
    package func emptyLog() throws -> Int64? {
        try checkpoint("TRUNCATE")
        let size = try LedgerLog.size(path)
        return size > LedgerLog.longest ? size : nil
    }

    /// A reader that holds an old state keeps a part of the log: that is no error, and what can be done is done.
    private func checkpoint(_ mode: String) throws {
        try withDatabase { database in
            // Not as long as for a writer: a reader may hold its state for hours.
            try database.execute("PRAGMA busy_timeout = 200")
            defer {
                try? database.execute("PRAGMA busy_timeout = 10000")  // try?: only less patient
            }
            _ = try database.prepare("PRAGMA wal_checkpoint(\(mode))").firstRow { $0.int(0) }
        }
    }

    /// Whether the ledger is a copy that was made without its log: it has a run that never ended, which leaves a log
    /// behind, and has none.
    ///
    /// - Parameter lacksLog: `LedgerReader.lacksLog`, asked before the ledger was opened for writing.
    package func isCopyWithoutLog(lacksLog: Bool) throws -> Bool {
        guard lacksLog else { return false }
        return try withDatabase { database in
            try database.prepare("SELECT count(*) FROM runs WHERE outcome IS NULL")
                .firstRow { $0.int(0) } ?? 0
        } > 0
    }
}

extension LedgerReader {
    /// Whether a ledger's file expects a log, and has none beside it. To be asked before it is opened.
    package static func lacksLog(_ path: String) throws -> Bool { try LedgerLog.isLacking(path) }

    /// A copy of all that is committed, as one file that needs no other; runs may go on meanwhile
    /// (https://sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause).
    ///
    /// - Parameter path: must not be there, or be an empty file.
    package func copy(to copy: String) throws {
        try LedgerFile.explaining(path) { try database.prepare("VACUUM INTO ?").run(copy) }
    }
}
