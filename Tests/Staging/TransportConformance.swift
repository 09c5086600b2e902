import Digests
import Posix
import Slots
import Testing

/// What every route must do. `route` is that of an empty slot that may not exist yet, `local` the folder
/// for files to send from.
enum TransportConformance {
    /// - Parameter keepsFolders: false for a storage of objects, whose folders are what names begin with.
    static func check(
        _ route: any Transport, local: ScratchFolder, keepsFolders: Bool = true
    ) throws {
        try anEmptySlot(route)
        try puttingAndReading(route, local)
        try refusingWhatDiffers(route, local)
        try names(route, local)
        try keepsFolders ? folders(route) : objects(route)
        try many(route, local)
        try reading(route, local)
        try markers(route)
        try deleting(route)
    }

    /// The tool's own files, on a transport that keeps them: made once, and whole. `route` is that of a folder that is empty.
    static func checkOwnFiles(_ route: any Transport) throws {
        #expect(try route.readOwn("own.json") == nil)
        #expect(try route.createOwn("own.json", Array("one".utf8)))
        #expect(try !route.createOwn("own.json", Array("two".utf8)))
        #expect(try route.readOwn("own.json") == Array("one".utf8))
        try route.writeOwn("own.json", Array("three".utf8))
        #expect(try route.readOwn("own.json") == Array("three".utf8))
        let names = try route.entries(of: nil)?.map(\.name)
        #expect(names == ["own.json"], "nothing else is left")
        try route.removeOwn("own.json")
        #expect(try route.readOwn("own.json") == nil)
        #expect(try route.createOwn("own.json", Array("two".utf8)))
        try route.removeOwn("own.json")
    }

    /// A file that is written now has the time of the place's clock, which is this machine's in a test.
    static func checkTime(_ route: any Transport) throws {
        let before = Timestamp.now().nanoseconds / 1_000_000_000
        try route.writeOwn("own.json", Array("one".utf8))
        let modified = try route.entries(of: nil)?.first { $0.name == "own.json" }?.modified
        let after = Timestamp.now().nanoseconds / 1_000_000_000
        #expect(try route.features().tellsTime)
        #expect(modified.map { (before - 1...after + 1).contains($0) } == true)
    }

    private static func put(
        _ text: String, as path: String, _ route: any Transport, _ local: ScratchFolder
    ) throws {
        try local.write(text, to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath(path), digest: Digest.of(text), size: Int64(text.utf8.count))
        if let folder = entry.path.folder { try route.makeFolders([folder]) }
        try route.put("\(local.path)/source", as: entry)
    }

    private static func entry(_ path: String, _ text: String) throws -> DataManifest.Entry {
        DataManifest.Entry(
            path: try RelativePath(path), digest: Digest.of(text), size: Int64(text.utf8.count))
    }

    private static func listing(_ route: any Transport) throws -> TransportListing {
        try route.list(expecting: ListingHint(), isInterrupted: { false })
    }

    private static func anEmptySlot(_ route: any Transport) throws {
        #expect(try listing(route) == TransportListing(entries: []))
        #expect(try route.status(of: RelativePath("a")) == nil)
        #expect(try route.read(RelativePath("a/b"), limit: 10) == nil)
        #expect(try route.readMarker() == nil)
        try route.removeMarker()
        try route.delete([RelativePath("a/b")], isInterrupted: { false })
        try route.removeEmptyFolders([RelativePath("a")])
        try route.synchronize()
    }

    private static func puttingAndReading(_ route: any Transport, _ local: ScratchFolder) throws {
        try put("one", as: "a/b/one", route, local)
        #expect(try route.read(RelativePath("a/b/one"), limit: 10) == Array("one".utf8))
        #expect(try route.status(of: RelativePath("a/b/one")) == .file(size: 3))
        #expect(try route.status(of: RelativePath("a/b")) == .folder)
        #expect(
            try route.digests(
                of: [
                    entry("a/b/one", "one"), entry("a/b/one", "longer"), entry("a/none", "x"),
                    entry("none/x", "x"),
                ], progress: { _ in }, isInterrupted: { false })
                == [Digest.of("one"), nil, nil, nil])
        try put("another", as: "a/b/one", route, local)
        try put("", as: "empty", route, local)
        var steps: [Int64] = []
        let large = String(repeating: "0123456789abcdef", count: 1 << 17)
        try local.write(large, to: "large")
        let entry = DataManifest.Entry(
            path: try RelativePath("large"), digest: Digest.of(large), size: 1 << 21)
        let file = TransportPut("\(local.path)/large", as: entry)
        var placed: [String] = []
        try route.putAll(
            [file],
            PutObserver(
                acknowledged: { steps.append($1) },
                placing: { placed.append("placing \($0.path)") },
                placed: { placed.append("placed \($0.path)") }))
        #expect(steps.last == 1 << 21)
        #expect(steps == steps.sorted())
        #expect(placed == ["placing large", "placed large"])
        #expect(
            try listing(route).entries.map { "\($0.path) \($0.kind)" } == [
                "a folder", "a/b folder", "a/b/one file(size: 7)", "empty file(size: 0)",
                "large file(size: 2097152)",
            ])
        #expect(throws: TransportError.interrupted) {
            try route.putAll([file], isInterrupted: { true })
        }
        try route.removeLeftovers(try listing(route).leftovers)
        #expect(try listing(route).leftovers == [])
    }

    private static func refusingWhatDiffers(_ route: any Transport, _ local: ScratchFolder) throws {
        try local.write("tampered", to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath("a/b/one"), digest: Digest.of("planned."), size: 8)
        #expect {
            try route.put("\(local.path)/source", as: entry)
        } throws: {
            guard case .differs? = $0 as? TransportError else { return false }
            return true
        }
        #expect(throws: TransportError.self) {
            try route.put("\(local.path)/none", as: entry)
        }
        #expect(try route.read(RelativePath("a/b/one"), limit: 10) == Array("another".utf8))
        #expect(try listing(route).leftovers == [])
    }

    private static func names(_ route: any Transport, _ local: ScratchFolder) throws {
        let names = [
            "caf\u{E9}", "cafe\u{301}", "Case", "case", "with blank", "new\nline", "-dash",
            "q\"uote'",
            "$(touch x);`y`", "\u{301}mark", String(repeating: "n", count: 255),
        ]
        for name in names { try put(name, as: "names/\(name)", route, local) }
        for name in names {
            let path = try RelativePath("names/\(name)")
            #expect(try route.read(path, limit: 1000) == Array(name.utf8))
            try route.delete([path], isInterrupted: { false })
            #expect(try route.status(of: path) == nil)
        }
        try route.removeEmptyFolders([RelativePath("names")])
        #expect(try route.status(of: RelativePath("names")) == nil)
    }

    /// More files than go at once, in folders that have their turn in any order.
    private static func many(_ route: any Transport, _ local: ScratchFolder) throws {
        var files: [TransportPut] = []
        for number in 0..<300 {
            let text = String(repeating: "\(number)", count: number)
            try local.write(text, to: "many/\(number)")
            files.append(
                TransportPut(
                    "\(local.path)/many/\(number)",
                    as: try entry("many/\(number % 7)/\(number)", text)))
        }
        let entries = files.map(\.entry)
        try route.makeFolders(entries.compactMap(\.path.folder))
        var placed: Set<RelativePath> = []
        try route.putAll(files, PutObserver(placed: { placed.insert($0.path) }))
        #expect(placed == Set(entries.map(\.path)))
        var read: Int64 = 0
        let digests = try route.digests(
            of: entries, progress: { read += $0 }, isInterrupted: { false })
        #expect(digests == entries.map(\.digest))
        #expect(read == entries.reduce(0) { $0 + $1.size })
        let found = try listing(route).content.files.filter { $0.key.text.hasPrefix("many/") }
        #expect(
            found.mapValues(\.size)
                == Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0.size) }))
        try route.delete(entries.map(\.path), isInterrupted: { false })
        try route.removeEmptyFolders(
            try (0..<7).map { try RelativePath("many/\($0)") } + [RelativePath("many")])
        #expect(try route.status(of: RelativePath("many")) == nil)
    }

    /// Files that are as large as expected, shorter, longer, empty and missing.
    private static func reading(_ route: any Transport, _ local: ScratchFolder) throws {
        let files = [("same", 4), ("shorter", 9000), ("longer", 2), ("empty", 5), ("missing", 3)]
        for (name, _) in files.dropLast() {
            try put(name == "empty" ? "" : name, as: "read/\(name)", route, local)
        }
        let arrived = Arrived()
        try route.read(
            try files.map { (try RelativePath("read/\($0.0)"), Int64($0.1)) },
            take: { arrived.texts[$0, default: ""] += String(decoding: $1, as: UTF8.self) },
            end: { arrived.ends[$0] = $1 }, isInterrupted: { false })
        let (texts, ends) = (arrived.texts, arrived.ends)
        #expect(ends == [0: true, 1: true, 2: true, 3: true, 4: false])
        #expect(texts[0] == "same" && texts[1] == "shorter" && texts[3] == nil)
        #expect(texts[2]?.hasPrefix("lo") == true && texts[4] == nil)
        try route.delete(
            try files.map { try RelativePath("read/\($0.0)") }, isInterrupted: { false })
        try route.removeEmptyFolders([try RelativePath("read")])
    }

    /// By the positions of files.
    private final class Arrived {
        var texts: [Int: String] = [:]
        var ends: [Int: Bool] = [:]
    }

    private static func folders(_ route: any Transport) throws {
        try route.makeFolders([RelativePath("deep/er/still"), RelativePath("deep/er")])
        #expect(try route.status(of: RelativePath("deep/er/still")) == .folder)
        try route.removeEmptyFolders([RelativePath("deep")])
        #expect(try route.status(of: RelativePath("deep")) == .folder)
        try route.removeEmptyFolders(
            ["deep/er/still", "deep/er", "deep"].map { try RelativePath($0) })
        #expect(try route.status(of: RelativePath("deep")) == nil)
        // A route that collects what changes reports it with the next question at the latest.
        #expect(throws: TransportError.self) {
            try route.makeFolders([RelativePath("empty/x")])
            try route.synchronize()
        }
    }

    private static func objects(_ route: any Transport) throws {
        try route.makeFolders([RelativePath("deep/er/still"), RelativePath("deep/er")])
        #expect(try route.status(of: RelativePath("deep")) == nil)
        #expect(try route.entries(of: RelativePath("deep")) == nil)
        try route.removeEmptyFolders([RelativePath("deep")])
    }

    private static func markers(_ route: any Transport) throws {
        let marker = try DataSet(["a": "1"]).marker()
        try route.writeMarker(try marker.encoded())
        #expect(try route.marker() == marker)
        #expect(try !listing(route).entries.contains { $0.path.text.contains("pipeline-release") })
        try route.beginFilling("token")
        #expect(try route.readMarker() == nil)
        #expect(try route.fillingToken() == "token")
        #expect(try listing(route).entries.map(\.path.text).filter { $0.contains("filling") } == [])
        try route.writeMarker(Array("{".utf8))
        #expect(try route.fillingToken() == nil)
        #expect(try route.marker() == nil)
        try route.removeMarker()
        #expect(try route.readMarker() == nil)
    }

    private static func deleting(_ route: any Transport) throws {
        let entries = try listing(route).entries
        try route.delete(
            entries.filter { $0.kind != .folder }.map(\.path), isInterrupted: { false })
        try route.removeEmptyFolders(entries.filter { $0.kind == .folder }.map(\.path).reversed())
        try route.synchronize()
        #expect(try listing(route).entries == [])
    }
}

extension Transport {
    func putAll(
        _ files: [TransportPut], _ observer: PutObserver = PutObserver(),
        isInterrupted: InterruptionCheck = { false }
    ) throws(TransportError) {
        var number = 0
        try put(
            { () throws(TransportError) in
                guard number < files.count else { return nil }
                defer { number += 1 }
                return files[number]
            }, observer: observer, isInterrupted: isInterrupted)
    }

    func put(_ source: String, as entry: DataManifest.Entry) throws(TransportError) {
        try putAll([TransportPut(source, as: entry)])
    }
}
