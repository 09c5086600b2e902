import FoundationEssentials
import SQLite
import Testing

@Suite struct OpeningTests {
    private let folder: ScratchFolder
    private var path: String { folder.path + "/d.sqlite" }

    init() throws { folder = try ScratchFolder() }

    private func create() throws -> Database {
        let database = try Database(path: path, mode: .readWriteCreate)
        try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
        return database
    }

    @Test(arguments: [Database.Mode.readOnly, .readWrite])
    func onlyCreatingCreates(mode: Database.Mode) throws {
        let error = try #require(throws: SQLiteError.self) { try Database(path: path, mode: mode) }
        #expect(error.isCannotOpen)
        #expect(error.path == path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func readOnlyReadsWhatAWriterHasJustWritten() throws {
        let writer = try create()
        let reader = try Database(path: path, mode: .readOnly)
        #expect(reader.isReadOnly)
        #expect(!writer.isReadOnly)
        try writer.execute("INSERT INTO t VALUES (7)")
        #expect(try reader.prepare("SELECT v FROM t").firstRow { $0.int(0) } == 7)
    }

    @Test(arguments: [
        "INSERT INTO t VALUES (1)", "CREATE TABLE u (v)", "PRAGMA user_version = 5",
        "DROP TABLE t", "VACUUM", "DELETE FROM t",
    ])
    func readOnlyRefuses(sql: String) throws {
        let writer = try create()
        try writer.execute("INSERT INTO t VALUES (0)")
        let reader = try Database(path: path, mode: .readOnly)
        let error = try #require(throws: SQLiteError.self) { try reader.execute(sql) }
        #expect(error.isReadOnly)
        #expect(error.sql == sql)
    }

    /// The state after a crash: a log that nobody moved into the file. Looking must not do so.
    @Test func readOnlyLeavesTheFileAndItsLogAsTheyAre() throws {
        let writer = try create()
        try writer.execute("INSERT INTO t VALUES (7)")
        let crashed = folder.path + "/crashed.sqlite"
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: crashed + suffix)
        }
        let bytes = {
            try [
                Data(contentsOf: URL(filePath: crashed)),
                Data(contentsOf: URL(filePath: crashed + "-wal")),
            ]
        }
        let before = try bytes()
        let reader = try Database(path: crashed, mode: .readOnly)
        #expect(try reader.prepare("SELECT v FROM t").firstRow { $0.int(0) } == 7)
        reader.close()
        #expect(try bytes() == before)
    }

    @Test func linksCanBeRefused() throws {
        try create().close()
        let link = folder.path + "/link.sqlite"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        _ = try Database(path: link, mode: .readOnly)
        let error = try #require(throws: SQLiteError.self) {
            try Database(path: link, mode: .readOnly, followsLinks: false)
        }
        #expect(error.isCannotOpen)
    }

    @Test func aStatementOutlivesItsDatabase() throws {
        var statement: Statement?
        do {
            let database = try create()
            statement = try database.prepare("SELECT 1")
        }
        let error = try #require(throws: SQLiteError.self) { try statement?.step() }
        #expect(error.message == "the connection is closed")
    }

    @Test func afterClosingEverythingThrowsOrIsEmpty() throws {
        let database = try create()
        let statement = try database.prepare("SELECT 5")
        #expect(try statement.step())
        #expect(statement.int(0) == 5)
        database.close()
        database.close()
        #expect(statement.int(0) == 0)
        #expect(statement.isNull(0))
        #expect(statement.text(0) == "")
        #expect(statement.blob(0) == [])
        #expect(throws: SQLiteError.self) { try statement.reset() }
        #expect(throws: SQLiteError.self) { try statement.run() }
        #expect(throws: SQLiteError.self) { try database.execute("SELECT 1") }
        #expect(throws: SQLiteError.self) { try database.prepare("SELECT 2") }
        #expect(throws: SQLiteError.self) { try database.transaction {} }
        #expect(!database.isInTransaction)
        #expect(database.changes == 0)
    }

    /// A connection that stayed open would keep its log: the last to close removes it.
    @Test func closingInTheMiddleOfReadingReallyCloses() throws {
        let database = try create()
        try database.execute("INSERT INTO t VALUES (1), (2)")
        let statement = try database.prepare("SELECT v FROM t")
        #expect(try statement.step())
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
        database.close()
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        #expect(throws: SQLiteError.self) { try statement.step() }
    }

    @Test func aRelativeNameIsNeverAURI() throws {
        let error = try #require(throws: SQLiteError.self) {
            try Database(path: "file:missing-folder/x?mode=memory", mode: .readWriteCreate)
        }
        #expect(error.isCannotOpen)
    }

    @Test func userVersion() throws {
        let database = try create()
        #expect(try database.userVersion() == 0)
        try database.setUserVersion(12)
        #expect(try database.userVersion() == 12)
    }
}
