import SQLite
import Testing

@Suite struct StatementTests {
    private let database: Database

    init() throws {
        database = try Database(path: ":memory:", mode: .readWriteCreate)
        try database.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL) STRICT")
        for (index, key) in ["a", "b", "c"].enumerated() {
            try database.prepare("INSERT INTO t VALUES (?, ?)").run(key, index)
        }
    }

    @Test func rowsInOrder() throws {
        var rows: [String] = []
        try database.prepare("SELECT k, v FROM t WHERE v >= ? ORDER BY k").forEachRow(1) {
            rows.append("\($0.text(0))\($0.int(1))")
        }
        #expect(rows == ["b1", "c2"])
    }

    @Test func firstRowOrNone() throws {
        let query = "SELECT v FROM t WHERE k = ?"
        #expect(try database.prepare(query).firstRow("b") { $0.int(0) } == 1)
        #expect(try database.prepare(query).firstRow("z") { $0.int(0) } == nil)
    }

    @Test func statementsAreKept() throws {
        let first = ObjectIdentifier(try database.prepare("SELECT 1"))
        #expect(ObjectIdentifier(try database.prepare("SELECT 1")) == first)
    }

    @Test func aHeldStatementIsNotSharedWithAnInnerUse() throws {
        let query = "SELECT v FROM t ORDER BY v"
        var pairs: [[Int64]] = []
        try database.prepare(query).forEachRow { outer in
            try database.prepare(query).forEachRow { inner in
                pairs.append([outer.int(0), inner.int(0)])
            }
        }
        #expect(pairs.count == 9)
        #expect(pairs.last == [2, 2])
    }

    @Test func valuesDoNotSurviveARun() throws {
        let statement = try database.prepare("SELECT ?")
        #expect(try statement.firstRow("secret") { $0.text(0) } == "secret")
        #expect(try statement.step())
        #expect(statement.isNull(0))
    }

    @Test func afterTheLastRowItStartsAgain() throws {
        let statement = try database.prepare("SELECT v FROM t WHERE k = 'a'")
        #expect(try statement.step())
        #expect(try !statement.step())
        #expect(try statement.step())
        #expect(statement.int(0) == 0)
    }

    @Test func anErrorInTheBodyEndsTheReading() throws {
        struct Stop: Error {}
        let statement = try database.prepare("SELECT v FROM t")
        #expect(throws: Stop.self) { try statement.forEachRow { _ in throw Stop() } }
        // A statement still reading would lock the table.
        try database.execute("DROP TABLE t")
    }

    @Test func theNumberOfValuesMustFit() throws {
        let statement = try database.prepare("SELECT v FROM t WHERE k = ? AND v = ?")
        let error = try #require(throws: SQLiteError.self) { try statement.run("a") }
        #expect(error.message == "1 values for 2 placeholders")
    }

    @Test(arguments: ["", "  ", "-- comment"])
    func noStatement(sql: String) throws {
        let error = try #require(throws: SQLiteError.self) { try database.prepare(sql) }
        #expect(error.message == "there is no statement in the text")
    }

    @Test func countersOfTheLastWrite() throws {
        try database.execute("UPDATE t SET v = v + 1 WHERE v > 0")
        #expect(database.changes == 2)
        try database.execute("INSERT INTO t VALUES ('d', 9)")
        #expect(database.lastInsertedRow == 4)
    }
}
