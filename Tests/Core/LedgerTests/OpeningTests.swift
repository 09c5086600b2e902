import Failures
import PipelinePlanning
import Posix
import SQLite
import Testing

@testable import PipelineLedger

@Suite struct OpeningTests {
    private let scratch: ScratchLedger

    init() throws { scratch = try ScratchLedger() }

    @Test func aNewLedgerHasAllMigrationsWithTheirNamesAndIsPrivate() throws {
        _ = try scratch.writer()
        let database = try Database(path: scratch.path, mode: .readOnly)
        let names = try database.prepare("SELECT count(*), min(name) FROM migrations")
            .firstRow { ($0.int(0), $0.text(1)) }
        #expect(names?.0 == Int64(try database.userVersion()))
        #expect(names?.1.hasPrefix("0001") == true)
        let mode = try #require(try FileSystem.status(scratch.path)).mode
        #expect(mode & 0o077 == 0)
        #expect(try database.quickCheck().isEmpty)
    }

    @Test func openingAgainKeepsWhatIsThere() throws {
        let run = try scratch.writer().beginRun()
        _ = try scratch.writer()
        #expect(try scratch.reader().runs(limit: 9).map(\.id) == [run])
    }

    @Test func aLedgerThatIsNotThereIsNotMadeByReading() throws {
        #expect(throws: LedgerError.missing(path: scratch.path)) { try scratch.reader() }
        #expect(try FileSystem.status(scratch.path) == nil)
    }

    /// As an older version of the tool left it: with the first migrations, and a unit that was made.
    private func olderLedger(_ migrations: Int) throws {
        let database = try Database(path: scratch.path, mode: .readWriteCreate)
        try database.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA application_id = \(LedgerFile.applicationID);
            CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_ms INTEGER);
            """)
        for migration in Migration.all.prefix(migrations) {
            try database.execute(migration.sql)
            try database.prepare("INSERT INTO migrations VALUES (?, 0)").run(migration.name)
        }
        try database.setUserVersion(Int32(migrations))
        let set = ComponentSet([.init("in.tsv", "x")])
        try database.prepare("INSERT INTO component_sets (digest, content) VALUES (?, ?)")
            .run(set.digest, set.text)
        try database.execute(
            """
            INSERT INTO runs VALUES (1, 'run', 1, 2, 'done', 'h', 'b', 7, 7, 'ann', NULL, '0');
            INSERT INTO units VALUES (1, 'u', 'compile', 1, 1);
            INSERT INTO attempts (id, unit_id, run_id, outcome, reasons, recipe_id, code_id, inputs_id, reads_id,
              started_ms) VALUES (1, 1, 1, 'done', '[]', 1, 1, 1, 1, 1);
            """)
    }

    @Test(arguments: 1..<Migration.all.count)
    func anOlderLedgerIsReadAsItIsAndBroughtUpToDateByWhoWrites(migrations: Int) throws {
        try olderLedger(migrations)
        let before = try FileSystem.read(scratch.path)
        for follows in [false, true] {
            let reader = try LedgerReader(path: scratch.path, follows: follows)
            #expect(try reader.components(attempt: 1)?.inputs["in.tsv"] == "x")
            #expect(try reader.openIntents(environment: "local").isEmpty)
        }
        #expect(try FileSystem.read(scratch.path) == before)
        let run = try scratch.writer().beginRun()
        #expect(try scratch.reader().runs(limit: 9).map(\.id) == [run, 1])
        #expect(try scratch.reader().components(attempt: 1)?.inputs["in.tsv"] == "x")
        let database = try Database(path: scratch.path, mode: .readOnly)
        #expect(try database.userVersion() == Migration.all.count)
    }

    @Test func aNewerSchemaIsRefusedByBothSides() throws {
        _ = try scratch.writer()
        let known: Int
        do {
            let database = try Database(path: scratch.path, mode: .readWrite)
            known = Int(try database.userVersion())
            try database.setUserVersion(Int32(known + 1))
        }
        let error = LedgerError.fromNewerVersion(
            path: scratch.path, version: known + 1, known: known)
        #expect(throws: error) { try scratch.writer() }
        #expect(throws: error) { try scratch.reader() }
    }

    @Test func anotherProgramsDatabaseIsRefusedAndLeftAsItIs() throws {
        do {
            let database = try Database(path: scratch.path, mode: .readWriteCreate)
            try database.execute("CREATE TABLE theirs (x)")
        }
        let before = try FileSystem.read(scratch.path)
        #expect(throws: LedgerError.foreign(path: scratch.path)) { try scratch.writer() }
        #expect(throws: LedgerError.foreign(path: scratch.path)) { try scratch.reader() }
        let database = try Database(path: scratch.path, mode: .readOnly)
        let tables = try database.prepare("SELECT group_concat(name) FROM sqlite_schema")
            .firstRow { $0.text(0) }
        #expect(tables == "theirs")
        #expect(try FileSystem.read(scratch.path).count == before.count)
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs() throws {
        let text = Array(String(repeating: "these are notes, not a ledger\n", count: 100).utf8)
        try FileSystem.writeAtomically(text, to: scratch.path)
        #expect(throws: LedgerError.foreign(path: scratch.path)) { try scratch.writer() }
        #expect(throws: LedgerError.foreign(path: scratch.path)) { try scratch.reader() }
        #expect(try FileSystem.read(scratch.path) == text)
    }

    @Test func damageIsSaidWithWhatToDo() throws {
        do {
            let writer = try scratch.writer()
            let run = try writer.beginRun()
            for number in 0..<200 { _ = try writer.succeed(run: run, unit: "u\(number)") }
        }
        // All pages but the first, with the header and the schema, are overwritten.
        var bytes = try FileSystem.read(scratch.path)
        for index in 4096..<bytes.count { bytes[index] = 0xAB }
        try FileSystem.writeAtomically(bytes, to: scratch.path)
        let error = #expect(throws: LedgerError.self) {
            let reader = try scratch.reader()
            _ = try reader.unitMemories()
        }
        guard case .damaged(scratch.path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("nothing was changed") == true)
    }

    /// The limit stands in for a disk that is used up: both are SQLITE_FULL.
    @Test func aFullDiskIsSaidAndNothingThatWasRecordedIsLost() throws {
        let writer = try scratch.writer()
        let run = try writer.beginRun()
        try writer.write { try $0.execute("PRAGMA max_page_count = 1") }
        let error = #expect(throws: LedgerError.self) {
            for number in 0..<10_000 {
                _ = try writer.succeed(run: run, unit: "u\(number)", output: "made \(number)")
            }
        }
        #expect(error?.failure.code == "ledger-full")
        #expect(try scratch.reader().runs(limit: 9).map(\.id) == [run])
    }

    @Test func aReaderCannotWrite() throws {
        _ = try scratch.writer().beginRun()
        let reader = try scratch.reader()
        #expect(throws: (any Error).self) {
            try reader.database.execute("UPDATE runs SET command = 'changed'")
        }
        #expect(throws: (any Error).self) { try reader.database.execute("CREATE TABLE mine (x)") }
        #expect(try reader.runs(limit: 1).first?.command == "pipeline run")
    }

    @Test func aSnapshotDoesNotSeeWhatIsWrittenMeanwhile() throws {
        let writer = try scratch.writer()
        let first = try writer.beginRun()
        let reader = try scratch.reader()
        try reader.snapshot {
            #expect(try reader.runs(limit: 9).map(\.id) == [first])
            _ = try writer.beginRun()
            #expect(try reader.runs(limit: 9).map(\.id) == [first])
        }
        #expect(try reader.runs(limit: 9).count == 2)
    }
}
