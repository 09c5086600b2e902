import Digests
import Posix
import Slots
import Testing

/// What every route must do. `route` is that of an empty slot that may not exist yet, `local` the folder
/// for files to send from.
enum RouteConformance {
    static func check(_ route: any Route, local: ScratchFolder) throws {
        try anEmptySlot(route)
        try puttingAndReading(route, local)
        try refusingWhatDiffers(route, local)
        try names(route, local)
        try folders(route)
        try markers(route)
        try deleting(route)
    }

    private static func put(
        _ text: String, as path: String, _ route: any Route, _ local: ScratchFolder
    ) throws {
        try local.write(text, to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath(path), digest: Digest.of(text), size: Int64(text.utf8.count))
        try route.put(
            "\(local.path)/source", as: entry, progress: { _ in }, isInterrupted: { false })
    }

    private static func listing(_ route: any Route) throws -> RouteListing {
        try route.list(isInterrupted: { false })
    }

    private static func anEmptySlot(_ route: any Route) throws {
        #expect(try listing(route) == RouteListing(entries: []))
        #expect(try route.status(of: RelativePath("a")) == nil)
        #expect(try route.read(RelativePath("a/b"), limit: 10) == nil)
        #expect(try route.readMarker() == nil)
        try route.removeMarker()
        try route.delete(RelativePath("a/b"))
        try route.removeEmptyFolder(RelativePath("a"))
        try route.synchronize()
    }

    private static func puttingAndReading(_ route: any Route, _ local: ScratchFolder) throws {
        try put("one", as: "a/b/one", route, local)
        #expect(try route.read(RelativePath("a/b/one"), limit: 10) == Array("one".utf8))
        #expect(try route.status(of: RelativePath("a/b/one")) == .file(size: 3))
        #expect(try route.status(of: RelativePath("a/b")) == .folder)
        #expect(
            try route.digest(of: RelativePath("a/b/one"), isInterrupted: { false })
                == Digest.of("one"))
        try put("another", as: "a/b/one", route, local)
        try put("", as: "empty", route, local)
        var sent: Int64 = 0
        let large = String(repeating: "0123456789abcdef", count: 1 << 17)
        try local.write(large, to: "large")
        let entry = DataManifest.Entry(
            path: try RelativePath("large"), digest: Digest.of(large), size: 1 << 21)
        try route.put(
            "\(local.path)/large", as: entry, progress: { sent += $0 }, isInterrupted: { false })
        #expect(sent == 1 << 21)
        #expect(
            try listing(route).entries.map { "\($0.path) \($0.kind)" } == [
                "a folder", "a/b folder", "a/b/one file(size: 7)", "empty file(size: 0)",
                "large file(size: 2097152)",
            ])
        #expect(throws: RouteError.interrupted) {
            try route.put(
                "\(local.path)/large", as: entry, progress: { _ in }, isInterrupted: { true })
        }
        #expect(try listing(route).leftovers == [])
    }

    private static func refusingWhatDiffers(_ route: any Route, _ local: ScratchFolder) throws {
        try local.write("tampered", to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath("a/b/one"), digest: Digest.of("planned."), size: 8)
        #expect {
            try route.put(
                "\(local.path)/source", as: entry, progress: { _ in }, isInterrupted: { false })
        } throws: {
            guard case .differs? = $0 as? RouteError else { return false }
            return true
        }
        #expect(throws: RouteError.self) {
            try route.put(
                "\(local.path)/none", as: entry, progress: { _ in }, isInterrupted: { false })
        }
        #expect(try route.read(RelativePath("a/b/one"), limit: 10) == Array("another".utf8))
        #expect(try listing(route).leftovers == [])
    }

    private static func names(_ route: any Route, _ local: ScratchFolder) throws {
        let names = [
            "caf\u{E9}", "cafe\u{301}", "Case", "case", "with blank", "new\nline", "-dash",
            "q\"uote'",
            "$(touch x);`y`", "\u{301}mark", String(repeating: "n", count: 255),
        ]
        for name in names { try put(name, as: "names/\(name)", route, local) }
        for name in names {
            let path = try RelativePath("names/\(name)")
            #expect(try route.read(path, limit: 1000) == Array(name.utf8))
            try route.delete(path)
            #expect(try route.status(of: path) == nil)
        }
        try route.removeEmptyFolder(RelativePath("names"))
        #expect(try route.status(of: RelativePath("names")) == nil)
    }

    private static func folders(_ route: any Route) throws {
        try route.makeFolder(RelativePath("deep/er/still"))
        try route.makeFolder(RelativePath("deep/er"))
        #expect(try route.status(of: RelativePath("deep/er/still")) == .folder)
        try route.removeEmptyFolder(RelativePath("deep"))
        #expect(try route.status(of: RelativePath("deep")) == .folder)
        for path in ["deep/er/still", "deep/er", "deep"] {
            try route.removeEmptyFolder(RelativePath(path))
        }
        #expect(try route.status(of: RelativePath("deep")) == nil)
        #expect(throws: RouteError.self) { try route.makeFolder(RelativePath("empty/x")) }
    }

    private static func markers(_ route: any Route) throws {
        let marker = try DataSet(["a": "1"]).marker()
        try route.writeMarker(try marker.encoded())
        #expect(try route.marker() == marker)
        #expect(try !listing(route).entries.contains { $0.path.text.contains("pipeline-release") })
        try route.writeMarker(Array("{".utf8))
        #expect(try route.marker() == nil)
        try route.removeMarker()
        #expect(try route.readMarker() == nil)
    }

    private static func deleting(_ route: any Route) throws {
        for entry in try listing(route).entries.reversed() {
            if entry.kind == .folder {
                try route.removeEmptyFolder(entry.path)
            } else {
                try route.delete(entry.path)
            }
        }
        try route.synchronize()
        #expect(try listing(route).entries == [])
    }
}
