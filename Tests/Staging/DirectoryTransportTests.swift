import Digests
import DirectoryTransports
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

    @Test func keepsOwnFiles() throws {
        try FileSystem.createDirectories("\(scratch.path)/slot")
        try TransportConformance.checkOwnFiles(route)
        try TransportConformance.checkTime(route)
    }

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

    @Test("a file of the tool's own is made once, and never over another")
    func ownFiles() throws {
        _ = try scratch.shell("mkdir slot")
        #expect(try route.createOwn(PlaceLock.fileName, Array("one".utf8)))
        #expect(try !route.createOwn(PlaceLock.fileName, Array("two".utf8)))
        #expect(try scratch.files(below: "slot") == [PlaceLock.fileName: "one"])
        #expect(try route.readOwn(PlaceLock.fileName) == Array("one".utf8))
        try route.removeOwn(PlaceLock.fileName)
        try route.removeOwn(PlaceLock.fileName)
        #expect(try route.createOwn(PlaceLock.fileName, Array("two".utf8)))
    }

    @Test(
        "folders are the group's to write where the place is a group's, and not where everybody may write",
        arguments: [
            (0o755, 0o755), (0o775, 0o755), (0o2775, 0o2775), (0o2777, 0o755), (0o1777, 0o755),
        ]
    )
    func groups(_ above: UInt32, _ made: UInt32) throws {
        let place = "\(scratch.path)/place"
        try FileSystem.createDirectories(place)
        try FileSystem.changeMode(place, to: above)
        try DirectoryTransport(root: "\(place)/slot").makeFolders([RelativePath("a/b")])
        for folder in ["slot", "slot/a", "slot/a/b"] {
            #expect(
                try FileSystem.status("\(place)/\(folder)").map { $0.mode & 0o777 } == made & 0o777)
            #expect(
                try FileSystem.status("\(place)/\(folder)").map { $0.mode & 0o2020 == 0o2020 }
                    == (made == 0o2775))
        }
    }

    @Test("a file that two slots share already is linked again, and nothing is left behind")
    func linkedTwice() throws {
        let other = DirectoryTransport(root: "\(scratch.path)/other")
        try scratch.write("x", to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath("a/x"), digest: Digest.of("x"), size: 1)
        for slot in [other, route] { try slot.makeFolders([RelativePath("a")]) }
        try other.put("\(scratch.path)/source", as: entry)
        for _ in 1...2 {
            #expect(try route.link([entry], from: other, isInterrupted: { false }) == [0])
            #expect(try scratch.files(below: "slot") == ["a/x": "x"])
        }
        #expect(throws: TransportError.interrupted) {
            try route.link([entry], from: other, isInterrupted: { true })
        }
        // One of another size is not what the manifest names.
        let longer = DataManifest.Entry(path: entry.path, digest: Digest.of("xy"), size: 2)
        #expect(try route.link([longer], from: other, isInterrupted: { false }) == [])
    }

    @Test("altered are the files that are newer than the marker, at any depth")
    func alteredFiles() throws {
        func altered() throws -> [String] {
            try route.alteredFiles(isInterrupted: { false }).map(\.text)
        }
        #expect(try altered() == [])
        for name in ["a/b/new", "a/old", "top"] { try scratch.write("x", to: "slot/\(name)") }
        #expect(try altered() == [])
        try route.writeMarker(Array("{}".utf8))
        _ = try scratch.shell(
            "find slot -type f -exec touch -d @100 {} +; touch -d @200 slot/\(SlotMarker.fileName)")
        #expect(try altered() == [])
        // The lock of an in-place slot changes while the slot does not; a link is no file.
        _ = try scratch.shell(
            """
            ln -s top slot/link; echo > slot/\(PlaceLock.fileName)
            touch -d @201 slot/a/b/new slot/top; touch -h -d @201 slot/link
            """)
        #expect(try altered() == ["a/b/new", "top"])
        #expect(throws: TransportError.interrupted) {
            try route.alteredFiles(isInterrupted: { true })
        }
    }

    @Test("the first file makes the folder of a slot, and none above it")
    func firstFile() throws {
        try scratch.write("x", to: "source")
        let entry = DataManifest.Entry(path: try RelativePath("x"), digest: Digest.of("x"), size: 1)
        try route.put("\(scratch.path)/source", as: entry)
        #expect(try scratch.files(below: "slot") == ["x": "x"])
        #expect(throws: TransportError.self) {
            try DirectoryTransport(root: "\(scratch.path)/none/slot").put(
                "\(scratch.path)/source", as: entry)
        }
        #expect(try FileSystem.status("\(scratch.path)/none") == nil)
    }
}
