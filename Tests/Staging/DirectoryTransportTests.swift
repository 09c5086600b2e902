import Digests
import Posix
import Slots
import Testing

@Suite struct DirectoryTransportTests {
    let scratch: ScratchFolder
    let route: DirectoryTransport

    init() throws {
        scratch = try ScratchFolder()
        route = DirectoryTransport(root: "\(scratch.path)/slot")
    }

    @Test func conforms() throws { try TransportConformance.check(route, local: scratch) }

    @Test func conformsWhereBlocksCannotBeShared() throws {
        // Another file system than that of the sources, where there is one.
        guard try FileSystem.status("/dev/shm")?.kind == .directory else { return }
        let root = "/dev/shm/pipeline-slots-\(Host.processID)"
        defer { try? FileSystem.removeTree(root) }
        try TransportConformance.check(DirectoryTransport(root: root), local: scratch)
    }

    @Test func neverWritesThroughALinkToElsewhere() throws {
        try scratch.write("mine", to: "outside/file")
        try FileSystem.createDirectories("\(scratch.path)/slot")
        try FileSystem.symbolicLink(
            to: "\(scratch.path)/outside", at: "\(scratch.path)/slot/folder")
        try FileSystem.symbolicLink(
            to: "\(scratch.path)/outside/file", at: "\(scratch.path)/slot/file")
        let inside = try RelativePath("folder/file")
        let blocked = TransportError.blocked(path: try RelativePath("folder"), by: "folder")
        try scratch.write("new", to: "source")
        let entry = DataManifest.Entry(path: inside, digest: Digest.of("new"), size: 3)
        #expect(throws: blocked) {
            try route.put("\(scratch.path)/source", as: entry)
        }
        #expect(throws: blocked) { try route.delete([inside], isInterrupted: { false }) }
        #expect(throws: blocked) { try route.status(of: inside) }
        #expect(
            try route.list(expecting: ListingHint(), isInterrupted: { false }).entries.map(\.kind)
                == [
                    .other, .other,
                ])

        // A link where a file should be is replaced, not followed.
        let file = DataManifest.Entry(
            path: try RelativePath("file"), digest: Digest.of("new"), size: 3)
        try route.put("\(scratch.path)/source", as: file)
        try route.delete([RelativePath("folder")], isInterrupted: { false })
        #expect(try scratch.text("outside/file") == "mine")
        #expect(try scratch.text("slot/file") == "new")
    }

    @Test("a folder that is swapped for a link while a file is written leads nothing outside")
    func swapped() throws {
        let (folder, kept) = ("\(scratch.path)/slot/folder", "\(scratch.path)/slot/kept")
        let outside = "\(scratch.path)/outside"
        try FileSystem.createDirectories(outside)
        try scratch.write("new", to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath("folder/file"), digest: Digest.of("new"), size: 3)
        try route.makeFolders([RelativePath("folder")])
        var hasSwapped = false
        let observer = PutObserver(acknowledged: { _, _ in
            guard !hasSwapped else { return }
            hasSwapped = true
            #expect(throws: Never.self) {
                try FileSystem.rename(folder, to: kept)
                try FileSystem.symbolicLink(to: outside, at: folder)
            }
        })
        try route.putAll([TransportPut("\(scratch.path)/source", as: entry)], observer)
        #expect(hasSwapped)
        #expect(try FileSystem.entries(of: outside).isEmpty)
        // The next name is taken again, and found to be a link; so is the whole by the check at the end.
        #expect(throws: TransportError.self) {
            try route.put("\(scratch.path)/source", as: entry)
        }
        #expect(throws: TransportError.self) {
            try route.link([entry], from: route, isInterrupted: { false })
        }
        #expect(throws: TransportError.self) {
            try route.makeFolders([RelativePath("folder/deeper")])
        }
        #expect(try FileSystem.entries(of: outside).isEmpty)
    }

    @Test("a slot that is itself a link is refused; the root of a place may be one")
    func linkedSlot() throws {
        try FileSystem.createDirectories("\(scratch.path)/outside")
        try FileSystem.symbolicLink(to: "\(scratch.path)/outside", at: "\(scratch.path)/slot")
        let slot = DirectoryTransport(root: "\(scratch.path)/slot", followsRoot: false)
        #expect(throws: TransportError.self) { try slot.beginFilling("token") }
        #expect(throws: TransportError.self) { try slot.makeFolders([RelativePath("a")]) }
        #expect(try FileSystem.entries(of: "\(scratch.path)/outside").isEmpty)
        try route.beginFilling("token")
        #expect(try route.fillingToken() == "token")
    }

    @Test func doesNotFillThePlaceOfAnUnmountedVolume() throws {
        let missing = DirectoryTransport(root: "\(scratch.path)/not-mounted/slot")
        #expect(throws: TransportError.self) { try missing.makeFolders([RelativePath("a")]) }
        #expect(try FileSystem.status("\(scratch.path)/not-mounted") == nil)
    }

    @Test func filesAreReadableToTheUserOfTheSite() throws {
        try scratch.write("x", to: "source")
        try FileSystem.changeMode("\(scratch.path)/source", to: 0o400)
        let entry = DataManifest.Entry(
            path: try RelativePath("a/x"), digest: Digest.of("x"), size: 1)
        try route.makeFolders([RelativePath("a")])
        try route.put("\(scratch.path)/source", as: entry)
        #expect(try FileSystem.status("\(scratch.path)/slot/a/x")?.mode == 0o644)
    }

    @Test func whatAKillLeavesBehindIsListedApart() throws {
        try scratch.write("half", to: "slot/a/.pipeline-aside-1-2")
        let listing = try route.list(expecting: ListingHint(), isInterrupted: { false })
        #expect(listing.leftovers == ["a/.pipeline-aside-1-2"])
        #expect(listing.entries.map(\.path.text) == ["a"])
        try route.removeLeftovers(["a/.pipeline-aside-1-2"])
        #expect(throws: TransportError.badName("a/file")) { try route.removeLeftovers(["a/file"]) }
        #expect(throws: TransportError.self) {
            try route.removeLeftovers(["../.pipeline-aside-1-2"])
        }
        #expect(try scratch.files(below: "slot") == [:])
    }
}
