import SQLite
import Testing

@Suite struct TransactionTests {
    private struct Stop: Error {}

    private let folder: ScratchFolder
    private let database: Database

    init() throws {
        folder = try ScratchFolder()
        database = try Database(path: folder.path + "/d.sqlite", mode: .readWriteCreate)
        try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (v UNIQUE)")
    }

    private func insert(_ value: Int) throws {
        try database.prepare("INSERT INTO t VALUES (?)").run(value)
    }

    private func values() throws -> [Int64] {
        var values: [Int64] = []
        try database.prepare("SELECT v FROM t ORDER BY v").forEachRow { values.append($0.int(0)) }
        return values
    }

    @Test(arguments: [
        Database.TransactionKind.deferred, .immediate, .exclusive,
    ])
    func commits(kind: Database.TransactionKind) throws {
        let result = try database.transaction(kind) {
            #expect(database.isInTransaction)
            try insert(1)
            return "made"
        }
        #expect(result == "made")
        #expect(!database.isInTransaction)
        #expect(try values() == [1])
    }

    @Test func rollsBackWhenTheBodyThrows() throws {
        #expect(throws: Stop.self) {
            try database.transaction {
                try insert(1)
                throw Stop()
            }
        }
        #expect(!database.isInTransaction)
        #expect(try values() == [])
    }

    @Test func rollsBackWhenSQLiteRefuses() throws {
        try insert(1)
        let error = try #require(throws: SQLiteError.self) {
            try database.transaction {
                try insert(2)
                try insert(1)
            }
        }
        #expect(error.isConstraint)
        #expect(try values() == [1])
    }

    @Test func rollsBackWhenTheCommitIsRefused() throws {
        try database.execute(
            """
            PRAGMA foreign_keys = ON;
            CREATE TABLE child (v REFERENCES t (v) DEFERRABLE INITIALLY DEFERRED)
            """)
        let error = try #require(throws: SQLiteError.self) {
            try database.transaction {
                try database.execute("INSERT INTO child VALUES (5)")
            }
        }
        #expect(error.isConstraint)
        #expect(error.sql == "COMMIT")
        #expect(!database.isInTransaction)
    }

    @Test func anInnerOneRollsBackAlone() throws {
        try database.transaction {
            try insert(1)
            #expect(throws: Stop.self) {
                try database.transaction {
                    try insert(2)
                    throw Stop()
                }
            }
            try database.transaction { try insert(3) }
        }
        #expect(try values() == [1, 3])
    }

    @Test func aSecondWriterIsBusy() throws {
        let second = try Database(path: database.path, mode: .readWrite)
        try database.transaction {
            let error = try #require(throws: SQLiteError.self) {
                try second.transaction {}
            }
            #expect(error.isBusy)
            #expect(!second.isInTransaction)
        }
        try second.transaction {}
    }
}
