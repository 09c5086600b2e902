import DirectoryTransports
import Posix
import Testing

@testable import Slots

/// Removes a slot, and is killed or refused.
@Suite struct SlotRemovalTests {
    private static let note = FillingNote(
        token: "removal", claim: PlaceClaim(project: "p", environment: "e"), clone: "c")

    private func remove(_ route: any Transport) throws(TransportError) {
        let listing = try route.list(expecting: ListingHint(), isInterrupted: { false })
        try SlotRemoval(route, isInterrupted: { false }).remove(listing, note: Self.note)
    }

    @Test(
        "killed after each operation, a removal leaves a whole slot or its note, and the name can be used again"
    )
    func killed() throws {
        var (kills, isKilled) = (0, true)
        while isKilled {
            isKilled = try comesBack(afterKillAt: kills)
            if isKilled { kills += 1 }
        }
        // Listing, look at folders, note, marker, leftover, files, folders, root.
        #expect(kills == 11)
    }

    /// False once so many operations are enough to finish.
    private func comesBack(afterKillAt operations: Int) throws -> Bool {
        let scratch = try ScratchFolder()
        let data = try DataSet(["a": "1", "b/c": "22", "b/d/e": "333"])
        try data.store(in: scratch)
        func fill(_ folder: String) throws -> DirectoryTransport {
            let route = DirectoryTransport(root: "\(scratch.path)/\(folder)")
            try SlotWriter(route: route)
                .fill(with: data.manifest, marker: data.marker(), source: scratch.source)
            return route
        }
        let route = try fill("slot")
        try scratch.write("hal", to: "slot/b/\(FileSystem.asidePrefix)x")
        var isKilled = false
        do throws(TransportError) {
            try remove(DyingTransport(route, scratch, dyingAfter: operations))
        } catch {
            guard case DyingTransport.killed = error else { throw error }
            isKilled = true
        }
        let left = DirectoryTransport(root: "\(scratch.path)/slot")
        let note = try left.fillingNote()
        let comment: Comment = "after \(operations) operations"
        if try left.marker() != nil {
            for (name, text) in data.files { #expect(try scratch.text("slot/\(name)") == text) }
            if note == nil { return isKilled }
        }
        #expect(note == (isKilled ? Self.note : nil), comment)
        if isKilled { try remove(left) }
        #expect(try FileSystem.status("\(scratch.path)/slot") == nil, comment)
        try fill("new").move(to: "\(scratch.path)/slot")
        var files = try scratch.files(below: "slot")
        #expect(files.removeValue(forKey: SlotMarker.fileName) != nil, comment)
        #expect(files == data.files, comment)
        return isKilled
    }

    @Test("only a missing permission counts as one, not each refusal of a server")
    func forbidden() {
        func isForbidden(_ code: Int32) -> Bool {
            TransportError.system(PosixError(call: "unlink", path: "x", code: code)).isForbidden
        }
        // EPERM, EACCES; EIO, ENOSPC, EROFS.
        #expect([1, 13].allSatisfy(isForbidden))
        #expect(![5, 28, 30].contains(where: isForbidden))
    }
}
