import ArchiveHistory
import Digests
import PipelineLedger
import SQLite
import Testing

/// What other clones released, as a ledger has it once it has read an archive's history.
@Suite struct TeamReleaseTests {
    private let scratch: ScratchLedger
    private let writer: LedgerWriter
    private let reader: LedgerReader
    private let run: Int64

    init() throws {
        scratch = try ScratchLedger()
        writer = try scratch.writer()
        run = try writer.beginRun()
        reader = try scratch.reader()
    }

    private static let bob = Author(user: "bob", host: "lab2")

    private func release(_ number: Int64, _ data: String) -> ArchivedRelease {
        ArchivedRelease(
            environment: "local", number: number,
            image: "host/site@sha256:\(Digest.of("image").hex)",
            code: nil, manifest: Digest.of(data), bundle: nil, settings: "{}", commit: nil,
            createdMs: 1000, author: Self.bob)
    }

    private func deployment(
        of number: Int64, ended: Int64, kind: String = "deploy", machine: String? = nil
    ) -> ArchivedDeployment {
        ArchivedDeployment(
            environment: "local", release: number, kind: kind, replaces: nil, outcome: "live",
            slot: "b", version: nil, startedMs: (ended - 1) * 1000, endedMs: ended * 1000,
            message: nil, author: Self.bob, machine: machine)
    }

    /// The next segment of another clone's history.
    private func add(
        _ segment: Int64, _ release: ArchivedRelease, _ deployment: ArchivedDeployment
    ) throws {
        var history = HistorySegment(
            head: .init(
                archive: "x", name: SegmentName(writer: "b", number: segment), previous: nil,
                madeMs: 0, author: Self.bob,
                platform: Platform(system: "Linux", library: "glibc", processor: "x")))
        history.releases = [release]
        history.deployments = [deployment]
        let read = try HistorySegment(parsing: history.bytes)
        try writer.recordHistory([
            ReadSegment(
                read, digest: Digest.of(history.bytes), bytes: 1, refused: nil, signer: nil)
        ])
    }

    @Test(
        "T2: a colleague's deployment is live in the environment, with who and where, and a rollback goes back over it"
    )
    func others() throws {
        let one = try writer.release("1", run: run)
        try writer.deploy(one, run: run, second: 10)
        try add(1, release(2, "2"), deployment(of: 2, ended: 20))
        let timeline = try reader.timeline(environment: "local")
        #expect(timeline.live?.release == 2 && timeline.fallback?.release == 1)
        #expect(timeline.live?.user == "bob" && timeline.live?.host == "lab2")
        #expect(timeline.live?.isOthers == true && timeline.fallback?.isOthers == false)
        let record = try #require(try reader.release(2, environment: "local"))
        #expect(record.isOthers && record.maker == Self.bob && record.manifest == Digest.of("2"))
        #expect(try reader.run(of: record) == nil)
        #expect(try reader.releases(environment: "local").map(\.number) == [2, 1])
    }

    @Test("what this clone has sent comes back from the archive as what it is")
    func own() throws {
        let one = try writer.recordRelease(
            release(1, "1").content, number: 1, archive: "x", commit: nil, run: run, at: at(1))
        try writer.deploy(one, run: run, second: 10)
        #expect(try reader.unsentDeployments(to: "x").map(\.release.number) == [1])
        try add(1, release(1, "1"), deployment(of: 1, ended: 11))
        #expect(try reader.deployments(environment: "local").count == 1)
        #expect(try reader.releases(environment: "local").map(\.isOthers) == [false])
        #expect(try reader.unsentDeployments(to: "x").isEmpty)
        #expect(try reader.unsentDeployments(to: "another").count == 1)
    }

    @Test(
        "a number that this clone gave before there was an archive stays beside the environment's")
    func clash() throws {
        let own = try writer.release("own", run: run)
        try writer.deploy(own, run: run, second: 10)
        try add(1, release(1, "bob's"), deployment(of: 1, ended: 20))
        #expect(try reader.releases(environment: "local").map(\.number) == [1, 1])
        #expect(
            try reader.release(1, environment: "local")?.manifest == Digest.of("bob's"),
            "the environment knows that one by the number")
        #expect(try reader.release(id: own)?.manifest == Digest.of("own"))
        let timeline = try reader.timeline(environment: "local")
        #expect(timeline.live?.releaseID != own && timeline.fallback?.releaseID == own)
        #expect(try writer.release("own", run: run) == own)
        #expect(try reader.highestReleaseNumber() == 1)
    }

    @Test("equal content of a colleague's is the same release")
    func equal() throws {
        try add(1, release(5, "data"), deployment(of: 5, ended: 20))
        let id = try writer.release("data", run: run)
        #expect(try reader.release(id: id)?.number == 5)
        let next = try writer.release("other", run: run)
        #expect(try reader.release(id: next)?.number == 6)
    }

    @Test(
        "the site of another machine is listed, and is neither live here nor what a rollback brings back"
    )
    func machines() throws {
        let one = try writer.release("1", run: run)
        try writer.deploy(one, run: run, second: 10)
        try add(1, release(2, "2"), deployment(of: 2, ended: 20, machine: "lab2"))
        let timeline = try reader.timeline(environment: "local")
        #expect(timeline.live?.release == 1 && timeline.fallback == nil)
        #expect(timeline.entries.map(\.state) == [.live(since: 20_000), .live(since: 11_000)])
        let there = DeploymentTimeline(timeline.entries.map(\.deployment), on: "lab2")
        #expect(there.live?.release == 2)
    }

    @Test("what is done after a colleague's deployment comes after it, whatever the clocks say")
    func clocks() throws {
        try add(1, release(1, "1"), deployment(of: 1, ended: 5000))
        let two = try writer.release("2", run: run)
        try writer.deploy(two, run: run, second: 10)
        #expect(try reader.timeline(environment: "local").live?.release == 2)
    }

    @Test(
        "a ledger of the version before keeps its releases and deployments, and is read before it is brought up to date"
    )
    func migration() throws {
        let two = try writer.release("2", run: run)
        try writer.deploy(two, run: run, second: 10)
        let database = try Database(path: scratch.path, mode: .readWrite, busyTimeout: 5000)
        // As version 8 had them.
        try database.execute(
            """
            PRAGMA foreign_keys = OFF;
            CREATE TABLE old_releases AS SELECT number, environment, identity, image, code, manifest,
              bundle, configuration, settings, commit_id, created_ms, run_id FROM releases;
            CREATE TABLE old_deployments AS SELECT id, environment, release, kind, replaces, slot,
              run_id, started_ms, ended_ms, outcome, message, version FROM deployments;
            DROP TABLE deployments; DROP TABLE releases;
            CREATE TABLE releases (number INTEGER PRIMARY KEY, environment TEXT, identity BLOB,
              image TEXT, code BLOB, manifest BLOB, bundle BLOB, configuration BLOB, settings TEXT,
              commit_id TEXT, created_ms INTEGER, run_id INTEGER);
            INSERT INTO releases SELECT * FROM old_releases;
            CREATE TABLE deployments (id INTEGER PRIMARY KEY, environment TEXT,
              release INTEGER REFERENCES releases (number), kind TEXT, replaces INTEGER, slot TEXT,
              run_id INTEGER, started_ms INTEGER, ended_ms INTEGER, outcome TEXT, message TEXT,
              version TEXT);
            INSERT INTO deployments SELECT * FROM old_deployments;
            DROP TABLE old_deployments; DROP TABLE old_releases;
            ALTER TABLE archive_segments DROP COLUMN is_own;
            DELETE FROM migrations WHERE name LIKE '0009%' OR name LIKE '0010%';
            PRAGMA user_version = 8;
            """)
        let old = try scratch.reader()
        #expect(try old.timeline(environment: "local").live?.release == 1)
        #expect(try old.release(1, environment: nil)?.manifest == Digest.of("2"))
        let renewed = try scratch.writer()
        let now = try scratch.reader()
        #expect(try now.timeline(environment: "local").live?.release == 1)
        #expect(try renewed.release("2", run: run) == two)
        #expect(throws: SQLiteError.self) {
            try database.execute("UPDATE releases SET settings = 'other'")
        }
    }
}

extension ArchivedRelease {
    fileprivate var content: ReleaseContent {
        ReleaseContent(
            environment: environment, image: image, code: code, manifest: manifest, bundle: bundle,
            settings: settings)
    }
}
