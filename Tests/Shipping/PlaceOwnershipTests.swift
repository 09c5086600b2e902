import Failures
import FoundationEssentials
import Paths
import PipelineLedger
import PipelineModel
import Posix
import Slots
import Testing

@testable import PipelineEngine
@testable import PipelineShipping

/// Whose a place is, looked at in a folder without a run.
final class PlaceOwnershipTests {
    private let scratch: String

    init() throws {
        scratch =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-places-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(scratch)/place")
    }

    deinit { try? FileSystem.removeTree(scratch) }

    private func context(_ data: String, more: String = "") throws -> ShippingContext {
        let project = Project(
            root: scratch,
            definition: try DefinitionReader.read(
                "project: p\nstages:\n  sync: { kind: sync, data: [out] }\n", file: "p.yaml"))
        let environment = try EnvironmentReader.read(
            "kind: data\ndata: { \(data) }\n" + more, name: "e", file: "e.yaml",
            transports: Registry.transportSchemas)
        return try ShippingContext(project, environment, ledger: nil)
    }

    private func ownership(_ more: String = "", reload: String = "") throws -> PlaceOwnership {
        PlaceOwnership(context: try context("root: \(scratch)/place\(more)", more: reload))
    }

    private func write(_ path: String, _ text: String) throws {
        let full = "\(scratch)/place/\(path)"
        try FileSystem.createDirectories(PathText.folder(full))
        try FileSystem.writeAtomically(text.utf8, to: full)
    }

    private func mark(_ slot: String, _ project: String, _ environment: String) throws {
        let marker = SlotMarker(
            release: 1, manifest: try DataManifest([]), generation: 1, project: project,
            environment: environment, writtenAt: "")
        try write(
            "\(slot)/\(SlotMarker.fileName)", String(decoding: try marker.encoded(), as: UTF8.self))
    }

    private func code(_ body: () throws -> Void) throws -> String? {
        do { try body() } catch let error as PlaceError { return error.failure.code }
        return nil
    }

    @Test("before a slot was chosen the whole place is looked at, in every layout")
    func wholePlace() throws {
        func codes() throws -> [String?] {
            try ["", ", layout: in-place", ", layout: full"].map { layout in
                try code { try ownership(layout).checkPlace() }
            }
        }
        #expect(try codes() == [nil, nil, nil])
        try write("precious", "mine")
        #expect(try codes() == ["place-foreign", "place-foreign", "place-foreign"])
        #expect(try code { try ownership().check("a") } == "place-foreign")
        try FileSystem.removeTree("\(scratch)/place")
        #expect(try codes() == ["place-missing", "place-missing", "place-missing"])
    }

    @Test("where looking is billed nobody asks until the connection is made")
    func billed() throws {
        let ownership = PlaceOwnership(
            context: try context(
                "route: transfer, root: /site/, file_system: fs-1",
                more: "aws: { region: us-east-2 }\n"))
        #expect(ownership.context.places.usesRecordedState)
        #expect(throws: Never.self) {
            try ownership.checkPlace()
            try ownership.check("a")
        }
    }

    @Test(
        "a marker says whose a slot is by project and environment, each of them",
        arguments: [
            ("p", "e", nil), ("q", "e", "place-others"), ("p", "f", "place-others"),
            ("", "e", "place-others"), ("p", "", "place-others"), ("", "", "place-foreign"),
        ])
    func markers(project: String, environment: String, refusal: String?) throws {
        try write(
            PlaceClaim.fileName, String(decoding: ownership().context.claim.encoded, as: UTF8.self))
        try mark("a", project, environment)
        try write("a/x", "1")
        #expect(try code { try ownership().check("a") } == refusal)
        // Without the claim at the root it is the slots that tell whose the place is.
        try FileSystem.remove("\(scratch)/place/\(PlaceClaim.fileName)")
        #expect(
            try code { try ownership().check("a") } == (refusal == nil ? nil : "place-foreign"))
    }

    @Test("folders of caches that the environment names are nobody's; a file of that name is")
    func caches() throws {
        let reload = "reload: { drop: [cache], request: { url: /r } }\n"
        try write("cache/deep/x", "1")
        #expect(try code { try ownership(reload: reload).check("a") } == nil)
        #expect(try code { try ownership().check("a") } == "place-foreign")
        try FileSystem.removeTree("\(scratch)/place/cache")
        try write("cache", "1")
        #expect(try code { try ownership(reload: reload).check("a") } == "place-foreign")
    }

    @Test(
        "layout in-place never takes a login or all homes of a server, by name and without asking it",
        arguments: ["\".\"", "/", "//", "../x", "/home", "/home/me", "/root", "home"])
    func unsafeRemote(root: String) throws {
        let server = "route: sftp, host: none.invalid, root: \(root)"
        #expect(
            try code { try PlaceSafety(context: context("\(server), layout: in-place")).check() }
                == "place-unsafe")
        #expect(try code { try PlaceSafety(context: context(server)).check() } == nil)
    }

    @Test("a link that leads to somebody's home folder is not a place for layout in-place")
    func homes() throws {
        try FileSystem.createDirectories("\(scratch)/homes/me/site")
        try FileSystem.writeAtomically("".utf8, to: "\(scratch)/homes/note")
        for (target, refusal) in [
            ("homes", "place-unsafe"), ("homes/me", "place-unsafe"), ("homes/me/site", nil),
        ] {
            let link = "\(scratch)/link"
            try FileSystem.symbolicLink(to: "\(scratch)/\(target)", at: link)
            var safety = PlaceSafety(context: try context("root: \(link), layout: in-place"))
            safety.homes = "\(scratch)/homes"
            #expect(try code { try safety.check() } == refusal, "\(target)")
            safety.homes = "\(scratch)/homes/note"
            #expect(try code { try safety.check() } == nil, "\(target)")
            try FileSystem.remove(link)
        }
    }
}
