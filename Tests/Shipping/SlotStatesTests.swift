import ArchiveHistory
import Digests
import FoundationEssentials
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Slots
import Testing

@testable import PipelineEngine
@testable import PipelineShipping

/// Which slots may be written, and which folders of releases are too many.
struct SlotStatesTests {
    private let scratch: String
    private let writer: LedgerWriter
    private let run: Int64

    init() throws {
        scratch =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-states-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(scratch)/data")
        writer = try LedgerWriter(path: "\(scratch)/ledger.sqlite")
        run = try writer.beginRun(
            RunStart(
                command: "run", started: .now(), host: "h", bootID: "b", pid: 1, pidStart: 1,
                user: "u", commit: nil, toolVersion: "0"))
    }

    private func states(
        _ data: String, root: String? = nil, kind: String = "kind: data"
    ) throws -> SlotStates {
        let project = Project(
            root: scratch,
            definition: try DefinitionReader.read(
                "project: p\nstages:\n  sync: { kind: sync, data: [out] }\n", file: "p.yaml"))
        let environment = try EnvironmentReader.read(
            "\(kind)\ndata: { root: \(root ?? "\(scratch)/data"), \(data) }\n", name: "e",
            file: "e.yaml", transports: Registry.transportSchemas,
            targets: Registry.targetSchemas)
        return SlotStates(
            context: try ShippingContext(
                project, environment, ledger: try LedgerReader(path: "\(scratch)/ledger.sqlite")))
    }

    private func deploy(_ data: String, in slot: String, fails: Bool = false) throws {
        let release = try writer.recordRelease(
            ReleaseContent(
                environment: "e", image: "i@sha256:\(Digest.of("i").hex)", code: nil,
                manifest: Digest.of(data), bundle: nil, settings: "{}"), commit: nil, run: run,
            at: .now())
        let id = try writer.beginDeployment(
            environment: "e", release: release, kind: .deploy, replaces: nil, slot: slot, run: run,
            at: .now())
        try writer.endDeployment(id, failure: fails ? "no" : nil, at: .now())
    }

    private func record(_ slot: String, _ generation: Int64, place: String? = nil) throws {
        try writer.recordSlot(
            environment: "e",
            SlotRecord(
                slot, manifest: Digest.of(slot), generation: generation, state: .complete,
                place: place), at: .now())
    }

    private func protections(_ slots: Int) throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try states("slots: \(slots)").all().compactMap { state in
                state.protection.map {
                    (state.name, String($0.split(separator: " ")[2...].joined(separator: " ")))
                }
            })
    }

    @Test("with a slot to spare the live release and the one to fall back to are protected")
    func protection() throws {
        defer { try? FileSystem.removeTree(scratch) }  // try?: a scratch folder
        #expect(try protections(3) == [:])
        try deploy("1", in: "a")
        #expect(try protections(3) == ["a": "is live and runs from it"])
        try deploy("2", in: "b")
        try deploy("3", in: "c", fails: true)
        let both = ["a": "is what a rollback brings back", "b": "is live and runs from it"]
        #expect(try protections(3) == both)
        #expect(try protections(2) == ["b": "is live and runs from it"])
        let manifest = try DataManifest([
            .init(path: RelativePath("x"), digest: Digest.of("x"), size: 1)
        ])
        #expect(try states("slots: 3").choose(manifest).slot == "c")
        #expect(try states("slots: 2").choose(manifest).slot == "a")
        // There is but one, and the site runs from it: that is what was asked for.
        #expect(try states("layout: in-place").all().map(\.protection) == [nil])
    }

    @Test(
        "the slot that a site of this clone's runs from stays, when a colleague deploys on the same machine"
    )
    func colleague() throws {
        defer { try? FileSystem.removeTree(scratch) }  // try?: a scratch folder
        try deploy("1", in: "a")
        let bob = Author(user: "bob", host: "lab2")
        var history = HistorySegment(
            head: .init(
                archive: "x", name: SegmentName(writer: "b", number: 1), previous: nil, madeMs: 0,
                author: bob, platform: Platform(system: "s", library: "l", processor: "p")))
        history.releases = [
            ArchivedRelease(
                environment: "e", number: 7, image: nil, code: nil, manifest: Digest.of("7"),
                bundle: nil, settings: "{}", commit: nil, createdMs: 1, author: bob)
        ]
        let now = Timestamp.now().milliseconds
        history.deployments = [
            ArchivedDeployment(
                environment: "e", release: 7, kind: "deploy", replaces: nil, outcome: "live",
                slot: "b", version: nil, startedMs: now, endedMs: now + 1, message: nil,
                author: bob, machine: Host.name)
        ]
        try writer.recordHistory([
            ReadSegment(history, digest: Digest.of("x"), bytes: 1, refused: nil, signer: nil)
        ])
        func protected(_ root: String, _ kind: String) throws -> [String] {
            try states("slots: 3", root: root, kind: kind).all().compactMap { state in
                state.protection.map { _ in state.name }
            }
        }
        let site = "kind: preview\nsite: { port: 1, command: x }"
        #expect(try protected(".pipeline/slots", site) == ["a"], "others have slots of their own")
        #expect(try protected("\(scratch)/data", site) == ["a", "b"], "both sites run from here")
        #expect(try protected("\(scratch)/data", "kind: data") == ["a", "b"])
    }

    @Test(
        "folders of releases beyond the number are surplus, but for the live one and its fall-back")
    func surplus() throws {
        defer { try? FileSystem.removeTree(scratch) }  // try?: a scratch folder
        for number in 1...5 { try record("s\(number)", Int64(number)) }
        #expect(try states("layout: full, slots: 2").surplus() == ["s1", "s2", "s3"])
        try deploy("1", in: "s2")
        #expect(try states("layout: full, slots: 2").surplus() == ["s1", "s3"])
        try deploy("2", in: "s1")
        #expect(try states("layout: full, slots: 2").surplus() == ["s3"])
        #expect(try states("layout: full, slots: 9").surplus() == [])
        #expect(try states("slots: 2").surplus() == [])
    }

    @Test("what is on record of another place says nothing of this one")
    func places() throws {
        defer { try? FileSystem.removeTree(scratch) }  // try?: a scratch folder
        let here = try states("slots: 3").context.places.identity
        try record("a", 1, place: here)
        try record("b", 2, place: here + "/other")
        try record("c", 3)
        #expect(try states("slots: 3").records().map(\.name) == ["a", "c"])
        #expect(here == "directory:\(scratch)/data")
    }
}
