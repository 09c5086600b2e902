import Digests
import PipelineLedger
import SQLite
import Testing

@Suite struct ReleaseTests {
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

    @Test func equalContentIsTheSameReleaseInOneEnvironmentOnly() throws {
        let first = try writer.release("data", run: run)
        #expect(try writer.release("data", run: run) == first)
        #expect(try writer.release("other data", run: run) != first)
        #expect(try writer.release("data", environment: "preview", run: run) != first)
        #expect(try reader.releases(environment: "local").count == 2)
        #expect(try reader.environmentsWithReleases() == ["local", "preview"])
        #expect(try reader.release(id: first)?.manifest == Digest.of("data"))
    }

    @Test func aReleaseNeverChanges() throws {
        let number = try writer.release("data", run: run)
        let database = try Database(path: scratch.path, mode: .readWrite, busyTimeout: 5000)
        #expect(throws: SQLiteError.self) {
            try database.execute("UPDATE releases SET settings = 'other'")
        }
        #expect(try reader.release(id: number)?.settings == "{}")
    }

    @Test func aManifestIsRecordedOnceWithItsSize() throws {
        let manifest = Digest.of("data")
        #expect(try reader.manifestSize(manifest) == nil)
        try writer.recordManifest(manifest, files: 331, bytes: 49_000_000, at: at(1))
        try writer.recordManifest(manifest, files: 331, bytes: 49_000_000, at: at(2))
        #expect(
            try reader.manifestSize(manifest) == ManifestSize(files: 331, bytes: 49_000_000))
    }

    @Test func deploymentsAreReadNewestFirst() throws {
        let one = try writer.release("1", run: run)
        let two = try writer.release("2", run: run)
        try writer.deploy(one, run: run, second: 10)
        try writer.deploy(two, run: run, second: 20)
        let deployments = try reader.deployments(environment: "local")
        #expect(deployments.map(\.release) == [two, one])
        #expect(deployments.first?.user == "ann")
        #expect(try reader.deployments(environment: "preview").isEmpty)
    }

    @Test(
        "of two deployments the later one ends later, whatever the clock says: other clones know them by it alone"
    )
    func endsDiffer() throws {
        let one = try writer.release("1", run: run)
        let two = try writer.release("2", run: run)
        try writer.deploy(one, run: run, second: 10)
        try writer.deploy(two, run: run, second: 10)
        let ends = try reader.deployments(environment: "local").compactMap(\.endedMs)
        #expect(ends.count == 2 && ends[0] > ends[1], "\(ends)")
        try writer.deploy(one, run: run, second: 1)
        #expect(try reader.deployments(environment: "local").first?.release == one)
    }

    @Test func rollbackTogglesBetweenTheLastTwo() throws {
        let one = try writer.release("1", run: run)
        let two = try writer.release("2", run: run)
        #expect(try reader.timeline(environment: "local").fallback == nil)
        try writer.deploy(one, run: run, second: 10)
        #expect(try reader.timeline(environment: "local").fallback == nil)
        try writer.deploy(two, run: run, second: 20)
        for (live, fallback, second) in [(two, one, 30), (one, two, 40), (two, one, 50)] {
            let timeline = try reader.timeline(environment: "local")
            #expect(timeline.live?.release == live)
            #expect(timeline.fallback?.release == fallback)
            try writer.deploy(fallback, kind: .rollback, run: run, second: Int64(second))
        }
    }

    @Test func aFailedDeploymentChangesNeitherWhatIsLiveNorWhatARollbackBringsBack() throws {
        let one = try writer.release("1", run: run)
        let two = try writer.release("2", run: run)
        let three = try writer.release("3", run: run)
        try writer.deploy(one, run: run, second: 10)
        try writer.deploy(two, run: run, second: 20)
        try writer.deploy(two, run: run, second: 25)
        try writer.deploy(three, run: run, second: 30, failure: "it died")
        let timeline = try reader.timeline(environment: "local")
        #expect(timeline.live?.release == two)
        #expect(timeline.fallback?.release == one)
        #expect(
            timeline.entries.map(\.state) == [
                .failed(at: 31_000, message: "it died"), .live(since: 26_000),
                .wasLive(from: 21_000, to: 26_000), .wasLive(from: 11_000, to: 21_000),
            ])
    }

    @Test func aDeploymentWithoutAnEndIsOpen() throws {
        let one = try writer.release("1", run: run)
        _ = try writer.beginDeployment(
            environment: "local", release: one, kind: .deploy, replaces: nil, slot: nil, run: run,
            at: at(10))
        let timeline = try reader.timeline(environment: "local")
        #expect(timeline.live == nil)
        #expect(timeline.entries.map(\.state) == [.open(since: 10_000)])
    }
}
