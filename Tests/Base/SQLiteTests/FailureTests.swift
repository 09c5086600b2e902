import Failures
import FoundationEssentials
import SQLite
import Testing

@Suite struct FailureTests {
    private let folder: ScratchFolder
    private var path: String { folder.path + "/d.sqlite" }

    init() throws { folder = try ScratchFolder() }

    private func create(rows: Int) throws -> Database {
        let database = try Database(path: path, mode: .readWriteCreate)
        try database.execute("CREATE TABLE t (v UNIQUE)")
        try database.transaction {
            for row in 0..<rows {
                try database.prepare("INSERT INTO t VALUES (?)").run("value \(row)")
            }
        }
        return database
    }

    private func overwrite(at offset: UInt64, count: Int) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        let range = Int(offset)..<(Int(offset) + count)
        data.replaceSubrange(range, with: [UInt8](repeating: 0xAB, count: count))
        try data.write(to: URL(filePath: path))
    }

    @Test func aSoundFile() throws {
        #expect(try create(rows: 10).quickCheck() == [])
    }

    @Test func aDamagedPage() throws {
        try create(rows: 2000).close()
        // Headers of b-tree pages in the middle; the schema on the first page stays readable.
        try overwrite(at: 3 * 4096, count: 8 * 4096)
        let database = try Database(path: path, mode: .readOnly)
        let error = try #require(throws: SQLiteError.self) {
            try database.prepare("SELECT count(v), sum(length(v)) FROM t NOT INDEXED").run()
        }
        #expect(error.isCorrupt)
        #expect(!error.isNotADatabase)
        #expect(try !database.quickCheck().isEmpty)
    }

    @Test func aFileThatIsNoDatabase() throws {
        try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: path))
        let database = try Database(path: path, mode: .readOnly)
        let error = try #require(throws: SQLiteError.self) { try database.userVersion() }
        #expect(error.isNotADatabase)
        #expect(!error.isCorrupt)
    }

    /// The limit stands in for a disk that is used up: both are SQLITE_FULL.
    @Test func aFullDisk() throws {
        let database = try create(rows: 10)
        try database.execute("PRAGMA max_page_count = 8")
        let error = try #require(throws: SQLiteError.self) {
            try database.transaction {
                for row in 0..<100_000 {
                    try database.prepare("INSERT INTO t VALUES (?)").run("another \(row)")
                }
            }
        }
        #expect(error.isFull)
        #expect(!database.isInTransaction)
        #expect(try database.prepare("SELECT count(*) FROM t").firstRow { $0.int(0) } == 10)
    }

    @Test func errorsTellTheStatementButNoValues() throws {
        let database = try create(rows: 1)
        let error = try #require(throws: SQLiteError.self) {
            try database.prepare("INSERT INTO t VALUES (?)").run("value 0")
        }
        #expect(error.isConstraint)
        #expect(error.extendedCode == 2067)
        #expect(error.code == 19)
        #expect(
            error.description == """
                database "\(path)": UNIQUE constraint failed: t.v (SQLite code 2067), \
                in: INSERT INTO t VALUES (?)
                """)
    }

    @Test func aSyntaxErrorIsNoOtherKind() throws {
        let database = try create(rows: 0)
        let error = try #require(throws: SQLiteError.self) { try database.prepare("SELEKT 1") }
        #expect(error.message == "near \"SELEKT\": syntax error")
        #expect(error.failure.code == "database")
        let helpers = [
            error.isBusy, error.isCorrupt, error.isNotADatabase, error.isFull, error.isReadOnly,
            error.isCannotOpen, error.isConstraint, error.isInputOutput,
        ]
        #expect(!helpers.contains(true))
    }
}
