import Digests
import DirectoryTransports
import Posix
import Slots
import Testing

/// What another slot holds is not sent again, and never shared in a way that one could change in both.
struct SlotLinkTests {
    @Test func onlyWhatIsNewIsSent() throws {
        let scratch = try ScratchFolder()
        let old = ["kept.txt": "same", "changed.txt": "before"]
        let new = ["kept.txt": "same", "changed.txt": "after", "folder/more.txt": "more"]
        let first = DirectoryTransport(root: "\(scratch.path)/" + "slots/a")
        let second = DirectoryTransport(root: "\(scratch.path)/" + "slots/b")
        try FileSystem.createDirectories("\(scratch.path)/" + "slots")
        let (oldManifest, oldSource) = try files(old, in: scratch, "old")
        let (newManifest, newSource) = try files(new, in: scratch, "new")
        _ = try SlotWriter(route: first).fill(
            with: oldManifest, marker: marker(oldManifest), source: oldSource)

        var writer = SlotWriter(route: second)
        writer.siblings = [(first, SlotContent(oldManifest))]
        let filling = try writer.fill(
            with: newManifest, marker: marker(newManifest), source: newSource)

        #expect(filling.filesSent == 2)
        #expect(filling.filesLinked == 1)
        for (path, text) in new {
            #expect(try FileSystem.readText("\(scratch.path)/" + "slots/b/\(path)") == text)
        }
        // The next filling of one slot leaves the other as it is: names are replaced, not contents.
        let (last, lastSource) = try files(["kept.txt": "other"], in: scratch, "last")
        var again = SlotWriter(route: second)
        again.deleteGuard = nil
        _ = try again.fill(with: last, marker: marker(last), source: lastSource)
        #expect(try FileSystem.readText("\(scratch.path)/" + "slots/a/kept.txt") == "same")
    }

    @Test func aSiblingThatLiesAboutASizeIsNotUsed() throws {
        let scratch = try ScratchFolder()
        try FileSystem.createDirectories("\(scratch.path)/" + "slots/a")
        try FileSystem.writeAtomically("shorter".utf8, to: "\(scratch.path)/" + "slots/a/file")
        let (manifest, source) = try files(["file": "the right content"], in: scratch, "new")
        var writer = SlotWriter(route: DirectoryTransport(root: "\(scratch.path)/" + "slots/b"))
        writer.siblings = [
            (DirectoryTransport(root: "\(scratch.path)/" + "slots/a"), SlotContent(manifest))
        ]
        let filling = try writer.fill(with: manifest, marker: marker(manifest), source: source)
        #expect(filling.filesSent == 1)
        #expect(try FileSystem.readText("\(scratch.path)/" + "slots/b/file") == "the right content")
    }

    @Test func aFileOfASiblingThatWasChangedByHandIsNotShared() throws {
        let scratch = try ScratchFolder()
        try FileSystem.createDirectories("\(scratch.path)/slots")
        let first = DirectoryTransport(root: "\(scratch.path)/slots/a")
        let (manifest, source) = try files(["changed": "same", "kept": "kept"], in: scratch, "new")
        _ = try SlotWriter(route: first).fill(
            with: manifest, marker: marker(manifest), source: source)
        _ = try scratch.shell(
            """
            cd slots/a && printf SAME > changed
            touch -d @99 kept; touch -d @100 \(SlotMarker.fileName)
            """)
        var writer = SlotWriter(route: DirectoryTransport(root: "\(scratch.path)/slots/b"))
        writer.siblings = [(first, SlotContent(manifest))]
        let filling = try writer.fill(with: manifest, marker: marker(manifest), source: source)
        #expect(filling.filesLinked == 1 && filling.filesSent == 1)
        #expect(try FileSystem.readText("\(scratch.path)/slots/b/changed") == "same")
    }

    @Test("what may not be linked is copied from slot to slot, and nothing is sent")
    func copied() throws {
        let scratch = try ScratchFolder()
        try FileSystem.createDirectories("\(scratch.path)/slots")
        let first = DirectoryTransport(root: "\(scratch.path)/slots/a")
        let (manifest, source) = try files(["x": "some", "y/z": "more"], in: scratch, "new")
        _ = try SlotWriter(route: first).fill(
            with: manifest, marker: marker(manifest), source: source)
        let second = DyingTransport(
            DirectoryTransport(root: "\(scratch.path)/slots/b"), scratch)
        second.links = false
        var writer = SlotWriter(route: second)
        writer.siblings = [(first, SlotContent(manifest))]
        let filling = try writer.fill(with: manifest, marker: marker(manifest)) { entry in
            Issue.record("\(entry.path) is sent")
            return try source(entry)
        }
        #expect(filling.filesCopied == 2 && filling.filesLinked == 0 && filling.filesSent == 0)
        #expect(filling.bytesSent == 0)
        for (name, text) in ["x": "some", "y/z": "more"] {
            #expect(try FileSystem.readText("\(scratch.path)/slots/b/\(name)") == text)
            #expect(try FileSystem.status("\(scratch.path)/slots/b/\(name)")?.mode == 0o644)
            let inodes = try scratch.shell(
                "stat -c %i slots/a/\(name) slots/b/\(name) | uniq | wc -l")
            #expect(inodes == "2\n", "a file of its own")
        }
    }

    @Test("a damaged file of another slot is not copied: it is sent, and told")
    func damaged() throws {
        let scratch = try ScratchFolder()
        try FileSystem.createDirectories("\(scratch.path)/slots")
        let first = DirectoryTransport(root: "\(scratch.path)/slots/a")
        let (manifest, source) = try files(["bad": "same", "good": "kept"], in: scratch, "new")
        _ = try SlotWriter(route: first).fill(
            with: manifest, marker: marker(manifest), source: source)
        _ = try scratch.shell("cd slots/a && printf sAme > bad && touch -d @99 bad good")
        let second = DyingTransport(
            DirectoryTransport(root: "\(scratch.path)/slots/b"), scratch)
        second.links = false
        var writer = SlotWriter(route: second)
        writer.siblings = [(first, SlotContent(manifest))]
        var notes: [String] = []
        writer.onNote = { notes.append($0) }
        let filling = try writer.fill(with: manifest, marker: marker(manifest), source: source)
        #expect(filling.filesCopied == 1 && filling.filesSent == 1)
        #expect(
            notes.count == 1 && notes[0].contains("slots/a/bad\" is not what its slot's marker"))
        var left = try scratch.files(below: "slots/b")
        #expect(left.removeValue(forKey: SlotMarker.fileName) != nil)
        #expect(left == ["bad": "same", "good": "kept"])
    }

    private func files(
        _ files: [String: String], in scratch: ScratchFolder, _ name: String
    ) throws -> (DataManifest, SlotWriter.Source) {
        let folder = "\(scratch.path)/\(name)"
        try FileSystem.createDirectories(folder)
        var entries: [DataManifest.Entry] = []
        for (path, text) in files {
            let digest = Digest.of(text)
            try FileSystem.writeAtomically(text.utf8, to: "\(folder)/\(digest.hex)")
            entries.append(
                .init(
                    path: try RelativePath(path), digest: digest, size: Int64(text.utf8.count)))
        }
        return (try DataManifest(entries), { entry in "\(folder)/\(entry.digest.hex)" })
    }

    private func marker(_ manifest: DataManifest) -> SlotMarker {
        SlotMarker(
            release: 1, manifest: manifest, generation: 1, project: "p", environment: "e",
            writtenAt: "2026-01-01T00:00:00Z")
    }
}
