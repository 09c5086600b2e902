import PipelineModel
import Posix
import Rclone
import Slots
import TestServers
import Testing
import TransportProviders

/// The transport by the real `rclone`: to a folder, and to the servers that it can play itself.
@Suite(.enabled(if: RcloneServer.isInstalled, "rclone is not installed"))
struct RcloneTransportTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func transport(_ remote: String, _ folder: String) -> any Transport {
        let provider = TransportProvider.rclone
        let options = TransportOptions(provider.schema, root: folder, ["rclone.remote": remote])
        guard case .lasting(let connect) = provider.access else {
            preconditionFailure("rclone needs nothing that is made for it")
        }
        return connect(.init(options: options, cancel: nil)).transport("")
    }

    @Test func conformsOnAFolder() throws {
        try TransportConformance.check(
            transport(":local:", "\(scratch.path)/place/slot"), local: scratch)
    }

    @Test(arguments: ["webdav", "sftp"])
    func conformsOnAServer(kind: String) throws {
        let server = try RcloneServer(kind)
        try TransportConformance.check(transport(server.remote, "place/slot"), local: scratch)
    }

    /// The store of objects that the stand-in for AWS has.
    private func bucket(_ standIn: AWSStandIn) throws -> String {
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "figures", "--create-bucket-configuration",
            "LocationConstraint=\(standIn.region)")
        let key = try #require(standIn.environment()["AWS_ACCESS_KEY_ID"] ?? nil)
        return ":s3,provider=Other,force_path_style=true,region=\(standIn.region),"
            + "access_key_id=\(key),secret_access_key=\(standIn.secret()),"
            + "endpoint='\(standIn.endpoint)':"
    }

    @Test(
        "on objects, where a name that nobody has written is no empty file and no folder",
        .enabled(if: AWSStandIn.isInstalled, "no stand-in for AWS"))
    func objects() throws {
        let standIn = try AWSStandIn()
        let remote = try bucket(standIn)
        let slot = transport(remote, "figures/place/slot")
        #expect(try slot.readOwn(".pipeline-place.json") == nil)
        #expect(try slot.status(of: RelativePath("none")) == nil)
        #expect(try slot.entries(of: RelativePath("none")) == nil)
        try TransportConformance.check(slot, local: scratch, keepsFolders: false)
        try TransportConformance.checkOwnFiles(transport(remote, "figures/place/own"))
        try TransportConformance.checkTime(transport(remote, "figures/place/own"))
    }

    @Test("a server that is gone is an error, never an empty slot")
    func unreachable() throws {
        let remote: String
        do {
            let server = try RcloneServer("webdav")
            remote = server.remote
            #expect(try transport(remote, "place").entries(of: nil) == nil)
        }
        let gone = transport(remote, "place")
        #expect(throws: TransportError.self) {
            try gone.list(expecting: ListingHint(), isInterrupted: { false })
        }
        #expect(throws: TransportError.self) { try gone.readMarker() }
        #expect(throws: TransportError.self) { try gone.entries(of: nil) }
    }

    @Test("a link at the place is no folder, and nothing is written through it")
    func links() throws {
        try scratch.write("x", to: "outside/file")
        try FileSystem.createDirectories("\(scratch.path)/slot")
        try FileSystem.symbolicLink(to: "\(scratch.path)/outside", at: "\(scratch.path)/slot/link")
        let slot = transport(":local:", "\(scratch.path)/slot")
        let found = try slot.list(expecting: ListingHint(), isInterrupted: { false })
        #expect(found.entries.map { "\($0.path) \($0.kind)" } == ["link other"])
        try slot.delete([RelativePath("link")], isInterrupted: { false })
        #expect(try FileSystem.entries(of: "\(scratch.path)/slot").isEmpty)
        #expect(try FileSystem.readText("\(scratch.path)/outside/file") == "x")
    }

    @Test("one lock of two, and the claim of a place, by content")
    func ownFiles() throws {
        let place = transport(":local:", "\(scratch.path)/place")
        try FileSystem.createDirectories("\(scratch.path)/place")
        #expect(try place.createOwn(".pipeline-lock", Array("one".utf8)))
        #expect(try !place.createOwn(".pipeline-lock", Array("two".utf8)))
        #expect(try place.readOwn(".pipeline-lock") == Array("one".utf8))
        try place.writeOwn(".pipeline-lock", Array("three".utf8))
        #expect(try place.readOwn(".pipeline-lock") == Array("three".utf8))
        try place.removeOwn(".pipeline-lock")
        #expect(try place.readOwn(".pipeline-lock") == nil)
        try TransportConformance.checkOwnFiles(place)
        // A claim is its writer's; what else did not get its name can be removed.
        for name in [SlotNames.claimPrefix + "x", SlotNames.stagedOwn + "x"] {
            try FileSystem.writeAtomically([], to: "\(scratch.path)/place/\(name)")
        }
        let listing = try place.list(expecting: ListingHint(), isInterrupted: { false })
        #expect(listing.entries.isEmpty && listing.leftovers == [SlotNames.stagedOwn + "x"])
    }

    @Test("the identity of a place names no secret")
    func identity() {
        func identity(_ remote: String) -> String {
            TransportProvider.rclone.identity(
                TransportOptions(
                    TransportProvider.rclone.schema, root: "site", ["rclone.remote": remote]))
        }
        #expect(identity("drive:") == "rclone:drive:site")
        #expect(
            identity(":sftp,host=example.org,pass=secret:") == "rclone::sftp,host=example.org:site")
    }
}
