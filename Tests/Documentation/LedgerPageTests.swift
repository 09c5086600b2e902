import PipelineLedger
import SQLite
import Testing

/// `docs/reference/ledger.md` describes the ledger that the tool makes.
@Suite struct LedgerPageTests {
    private let scratch: ScratchFolder
    private let database: Database

    init() throws {
        scratch = try ScratchFolder()
        let path = scratch.path + "/ledger.sqlite"
        _ = try LedgerWriter(path: path)
        database = try Database(path: path, mode: .readOnly)
    }

    @Test func everyTableAndColumnIsDescribedAndNoOther() throws {
        let page = try Repository.text("docs/reference/ledger.md")
        let described = Markdown.sections(3, in: page).mapValues { section in
            Markdown.rows(in: section).map { $0[0] }
        }
        let tables = try names("SELECT name FROM sqlite_schema WHERE type = 'table'")
        #expect(Set(described.keys) == Set(tables))
        for table in tables {
            let columns = try names("SELECT name FROM pragma_table_info('\(table)')")
            #expect(described[table] == columns, "columns of \(table)")
        }
    }

    @Test func queriesRunOnAFreshLedger() throws {
        let page = try Repository.text("docs/reference/ledger.md")
        let queries = Markdown.blocks("sql", in: page)
        #expect(queries.count >= 8)
        for query in queries {
            let statement = try database.prepare(query)
            while try statement.step() {}
        }
    }

    private func names(_ query: String) throws -> [String] {
        let statement = try database.prepare(query)
        var names: [String] = []
        while try statement.step() { names.append(statement.text(0)) }
        return names
    }
}
