import SQLite
import Testing

@Suite struct ValueTests {
    private let database: Database

    init() throws {
        database = try Database(path: ":memory:", mode: .readWriteCreate)
        try database.execute("CREATE TABLE t (v)")
    }

    /// Stores a value and reads its type, as SQLite names it, and itself.
    private func stored<Value>(
        _ value: (any Bindable)?, as read: (Statement) -> Value
    ) throws -> (type: String, value: Value)? {
        try database.prepare("INSERT INTO t VALUES (?)").run(value)
        return try database.prepare("SELECT v, typeof(v) FROM t").firstRow { row in
            (row.text(1), read(row))
        }
    }

    @Test(arguments: [0, 1, -1, Int64.max, Int64.min])
    func integers(value: Int64) throws {
        let stored = try stored(value) { $0.int(0) }
        #expect(stored?.type == "integer")
        #expect(stored?.value == value)
    }

    @Test func smallTypesAreIntegers() throws {
        #expect(try stored(7) { $0.int(0) }?.value == 7)
        try database.execute("DELETE FROM t")
        #expect(try stored(true) { $0.bool(0) }?.value == true)
        try database.execute("DELETE FROM t")
        #expect(try stored(false) { $0.bool(0) }?.value == false)
    }

    @Test func numbers() throws {
        let stored = try stored(-0.1) { $0.double(0) }
        #expect(stored?.type == "real")
        #expect(stored?.value == -0.1)
    }

    @Test(arguments: ["", "x", "it's", "é日𝕏", "a\0b", String(repeating: "long ", count: 100)])
    func texts(value: String) throws {
        let stored = try stored(value) { $0.text(0) }
        #expect(stored?.type == "text")
        #expect(stored?.value == value)
    }

    @Test(arguments: [[], [0], [1, 0, 255], [UInt8](repeating: 9, count: 10_000)])
    func blobs(value: [UInt8]) throws {
        let stored = try stored(value) { $0.blob(0) }
        #expect(stored?.type == "blob")
        #expect(stored?.value == value)
        let count = try database.prepare("SELECT v FROM t").firstRow { $0.withBlob(0) { $0.count } }
        #expect(count == value.count)
    }

    @Test func null() throws {
        let none: String? = nil
        try database.prepare("INSERT INTO t VALUES (?)").run(none)
        try database.prepare("SELECT v FROM t").forEachRow { row in
            #expect(row.isNull(0))
            #expect(row.optionalInt(0) == nil)
            #expect(row.optionalDouble(0) == nil)
            #expect(row.optionalText(0) == nil)
            #expect(row.optionalBlob(0) == nil)
            #expect(row.int(0) == 0)
            #expect(row.text(0) == "")
            #expect(row.blob(0) == [])
        }
    }

    @Test func optionalsOfValuesThatAreThere() throws {
        let some: Int64? = 4
        let row = try database.prepare("SELECT ?, ?, ?, ?").firstRow(some, 0.5, "x", [UInt8(1)]) {
            ($0.optionalInt(0), $0.optionalDouble(1), $0.optionalText(2), $0.optionalBlob(3))
        }
        #expect(row?.0 == 4)
        #expect(row?.1 == 0.5)
        #expect(row?.2 == "x")
        #expect(row?.3 == [1])
    }

    @Test func rawBytesAreCopied() throws {
        let statement = try database.prepare("SELECT ?, ?")
        try [UInt8(1), 2].withUnsafeBytes { bytes in
            try statement.bind(blob: bytes, at: 1)
        }
        try statement.bindNull(at: 2)
        #expect(try statement.step())
        #expect(statement.blob(0) == [1, 2])
        #expect(statement.isNull(1))
    }

    /// Another module's type decides by itself how it is stored.
    private struct Letter: Bindable {
        let text: String
        func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
            try statement.bind(text, at: index)
        }
    }

    @Test func otherTypesCanBeBound() throws {
        #expect(try stored(Letter(text: "q")) { $0.text(0) }?.value == "q")
    }
}
