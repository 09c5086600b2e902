import CSQLite
package import Failures
import Glibc

/// A call that SQLite refused. Codes: https://sqlite.org/rescode.html.
///
/// Bound values are never part of it: they may be secrets, and errors are logged.
package struct SQLiteError: Explained, Hashable, Sendable {
    /// The extended result code, for example `SQLITE_CONSTRAINT_UNIQUE`.
    package let extendedCode: Int32
    /// SQLite's own words.
    package let message: String
    /// The path of the database.
    package let path: String
    /// The statement or script that failed, with its placeholders.
    package let sql: String?
    /// The error number of the system call that failed, of errno(3); 0 where it was none.
    package let systemError: Int32

    package init(
        extendedCode: Int32, message: String, path: String, sql: String? = nil,
        systemError: Int32 = 0
    ) {
        self.extendedCode = extendedCode
        self.message = message
        self.path = path
        self.sql = sql
        self.systemError = systemError
    }

    /// The primary result code: the low byte of the extended one.
    package var code: Int32 { extendedCode & 0xFF }

    /// Another connection holds a lock: worth another try.
    package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    /// The content of the file contradicts itself.
    package var isCorrupt: Bool { code == SQLITE_CORRUPT }
    /// The file is not SQLite's, or its first page is destroyed.
    package var isNotADatabase: Bool { code == SQLITE_NOTADB }
    /// The disk, or the largest size allowed, is used up.
    package var isFull: Bool { code == SQLITE_FULL }
    /// A write on a read-only connection, file or folder.
    package var isReadOnly: Bool { code == SQLITE_READONLY }
    /// The file or its folder is missing or may not be opened.
    package var isCannotOpen: Bool { code == SQLITE_CANTOPEN }
    /// The process, or the machine, may not open more files at once.
    package var isOutOfDescriptors: Bool { systemError == EMFILE || systemError == ENFILE }
    /// A UNIQUE, CHECK, NOT NULL or FOREIGN KEY rule was broken.
    package var isConstraint: Bool { code == SQLITE_CONSTRAINT }
    /// The operating system failed to read or write.
    package var isInputOutput: Bool { code == SQLITE_IOERR }

    package var description: String {
        let place = "database \"\(path)\": \(message) (SQLite code \(extendedCode))"
        return sql.map { "\(place), in: \($0)" } ?? place
    }

    package var failure: Failure {
        if isBusy {
            return Failure(
                "database-busy", description, next: "wait until the other program is done with it",
                run: .again)
        }
        if isFull { return Failure("disk-full", description, next: "free some room", run: .again) }
        return Failure(
            "database", description,
            next: "nothing that was recorded is lost; check the disk that holds it", run: .again)
    }
}
