import Digests
import DirectoryTransports
import Failures
import Posix
import Slots
import Testing

@Suite struct SlotWriterTests {
    let scratch: ScratchFolder
    let route: DirectoryTransport
    let old: DataSet
    let new: DataSet

    init() throws {
        scratch = try ScratchFolder()
        route = DirectoryTransport(root: "\(scratch.path)/slot")
        old = try DataSet([
            "same": "same", "folder/changed": "before", "folder/gone": "gone", "was-file": "f",
            "was-folder/x": "x", "was-folder/deep/y": "y", "left/only": "o",
        ])
        new = try DataSet([
            "same": "same", "folder/changed": "after!", "was-file/now": "folder",
            "was-folder": "file",
            "added/deep/er": "",
        ])
        try old.store(in: scratch)
        try new.store(in: scratch)
    }

    private func holds(_ data: DataSet) throws -> Bool {
        var files = try scratch.files(below: "slot")
        files[SlotMarker.fileName] = nil
        return files == data.files
    }

    @discardableResult
    private func fill(_ data: DataSet, after filled: FilledSlot? = nil) throws -> SlotFilling {
        try SlotWriter(route: route)
            .fill(with: data.manifest, marker: data.marker(), after: filled, source: scratch.source)
    }

    @Test func fillsAnEmptySlotAndMarksIt() throws {
        let filling = try fill(old)
        #expect(filling == SlotFilling(filesSent: 7, bytesSent: old.manifest.bytes))
        #expect(try holds(old))
        #expect(try route.marker() == old.marker())
    }

    @Test func sendsOnlyDifferencesAndLeavesNothingBehind() throws {
        try fill(old)
        let filled = FilledSlot(manifest: old.manifest, generation: 1)
        let filling = try fill(new, after: filled)
        #expect(filling.filesSent == 4)
        #expect(filling.filesKept == 1)
        #expect(filling.filesDeleted == 5)
        #expect(try holds(new))
        #expect(try FileSystem.status("\(scratch.path)/slot/left") == nil)
        #expect(try route.marker() == new.marker())
    }

    @Test func findsOutWhatIsThereWhenNothingIsKnown() throws {
        try fill(old)
        try route.removeMarker()
        #expect(try fill(old).filesSent == 0)
        #expect(try holds(old))
    }

    @Test func doesNotBelieveTheBooksWhenTheMarkerIsAnotherOne() throws {
        try fill(old)
        try scratch.write("SAME", to: "slot/same")
        let stale = FilledSlot(manifest: old.manifest, generation: 2)
        #expect(try fill(old, after: stale).filesSent == 1)
        #expect(try holds(old))
    }

    @Test func aFileThatWasChangedByHandIsNamedAndSentAgain() throws {
        try fill(old)
        try scratch.write("SAME", to: "slot/same")
        _ = try scratch.shell("touch -d @100 slot/\(SlotMarker.fileName)")
        for name in old.files.keys where name != "same" {
            _ = try scratch.shell("touch -d @99 'slot/\(name)'")
        }
        var notes: [String] = []
        var writer = SlotWriter(route: route)
        writer.onNote = { notes.append($0) }
        let filled = FilledSlot(manifest: old.manifest, generation: 1)
        let filling = try writer.fill(
            with: old.manifest, marker: old.marker(), after: filled, source: scratch.source)
        #expect(filling.filesSent == 1)
        #expect(try holds(old))
        #expect(notes.count == 1 && notes[0].contains("1 file was changed by hand"), "\(notes)")
        #expect(notes[0].contains("\"same\""))
    }

    @Test("whatever the modes are, the site can read all of a slot that has a marker")
    func opensWhatIsClosed() throws {
        try fill(old)
        func mode(_ path: String) throws -> UInt32? {
            try FileSystem.status("\(scratch.path)/slot/\(path)")?.mode
        }
        for path in ["same", "folder", "."] {
            try FileSystem.changeMode("\(scratch.path)/slot/\(path)", to: 0o700)
        }
        #expect(
            try SlotWriter(route: route).audit(against: old.manifest).map(\.kind)
                == [.closed, .closed])
        try fill(new, after: FilledSlot(manifest: old.manifest, generation: 1))
        for path in ["same", "folder", "folder/changed", "."] {
            #expect(try (mode(path) ?? 0) & 0o044 == 0o044, "\(path)")
        }
        for path in ["folder", "."] { #expect(try (mode(path) ?? 0) & 0o011 == 0o011, "\(path)") }
    }

    @Test func repairsWhatOthersAddedRemovedOrCutShort() throws {
        try fill(old)
        try scratch.write("", to: "slot/same")
        try scratch.write("stranger", to: "slot/extra/file")
        try FileSystem.remove("\(scratch.path)/slot/folder/gone")
        try FileSystem.symbolicLink(to: "/etc", at: "\(scratch.path)/slot/link")
        #expect(
            try SlotWriter(route: route).check(against: old.manifest).map(\.text)
                == ["extra/file", "folder/gone", "link", "same"])
        try fill(old, after: FilledSlot(manifest: old.manifest, generation: 1))
        #expect(try holds(old))
        #expect(try FileSystem.linkStatus("\(scratch.path)/slot/link") == nil)
        #expect(try SlotWriter(route: route).check(against: old.manifest) == [])
    }

    @Test func fullVerificationSeesAFileAlteredAtTheSameSize() throws {
        try fill(old)
        try scratch.write("SAME", to: "slot/same")
        var writer = SlotWriter(route: route)
        #expect(try writer.check(against: old.manifest) == [])
        writer.verification = .full
        #expect(try writer.check(against: old.manifest).map(\.text) == ["same"])
        // So few files are all in the sample.
        writer.verification = .sample
        #expect(try writer.check(against: old.manifest).map(\.text) == ["same"])
        // A filling that finds it while it looks again puts it right.
        let filled = FilledSlot(manifest: old.manifest, generation: 1)
        let filling = try writer.fill(
            with: old.manifest, marker: old.marker(), after: filled, source: scratch.source)
        #expect(filling.filesSent == 1)
        #expect(try holds(old))
        #expect(try route.marker() == old.marker())
    }

    @Test func doesNotSayWhatIsNotSoWhileSomebodyElseWrites() throws {
        try fill(old)
        var writer = SlotWriter(route: route)
        writer.verification = .full
        writer.onProgress = { progress in
            if progress.phase == .sending, progress.filesDone == progress.filesTotal {
                try? scratch.write("SAME", to: "slot/same")
            }
        }
        let filled = FilledSlot(manifest: old.manifest, generation: 1)
        #expect {
            try writer.fill(
                with: new.manifest, marker: new.marker(), after: filled, source: scratch.source)
        } throws: {
            guard case .notAsPlanned(let wrong)? = $0 as? SlotWriterError else { return false }
            return wrong.map(\.text) == ["same"]
        }
        #expect(try route.marker() == nil)
        try fill(new)
        #expect(try holds(new))
    }

    @Test func theAuditNamesEveryDriftAndItsKind() throws {
        try fill(old)
        try scratch.write("SAME", to: "slot/same")
        try scratch.write("longer than before", to: "slot/folder/changed")
        try scratch.write("stranger", to: "slot/extra/file")
        try scratch.write("half", to: "slot/left/.pipeline-aside-1")
        try FileSystem.remove("\(scratch.path)/slot/folder/gone")
        try FileSystem.symbolicLink(to: "/etc", at: "\(scratch.path)/slot/link")
        var writer = SlotWriter(route: route)
        writer.verification = .full
        let found = try writer.audit(against: old.manifest).map { "\($0.path) \($0.kind)" }
        let (is_, was) = (Digest.of("SAME"), Digest.of("same"))
        #expect(
            found == [
                "extra/file added", "folder/changed size(18, expected: 6)", "folder/gone missing",
                "left/.pipeline-aside-1 leftover", "link stranger",
                "same content(Optional(\(is_)), expected: \(was))",
            ])
        #expect(try route.marker() == old.marker())
    }

    @Test func aChangedSourceStopsItWithoutAMarker() throws {
        try fill(old)
        try scratch.write("other", to: "store/\(Digest.of("after!").hex)")
        #expect(throws: SlotWriterError.self) { try fill(new) }
        #expect(try route.marker() == nil)
        #expect(try scratch.text("slot/folder/changed") == "before")
    }

    @Test func withoutItsJournalNothingIsTouched() throws {
        try fill(old)
        try scratch.write("a file, and no folder", to: "books")
        var writer = SlotWriter(route: route)
        writer.journal = SlotJournal(path: "\(scratch.path)/books/journal")
        let error = #expect(throws: SlotWriterError.self) {
            try writer.fill(with: new.manifest, marker: new.marker(), source: scratch.source)
        }
        #expect(error?.failure.code == "slot-journal", "\(String(describing: error))")
        #expect(try holds(old))
        #expect(try route.marker() == old.marker())
    }

    @Test func aStormOfDeletesTouchesNothing() throws {
        try fill(old)
        var writer = SlotWriter(route: route)
        writer.deleteGuard = DeleteGuard(files: 2, fraction: 0.2)
        #expect {
            try writer.fill(with: new.manifest, marker: new.marker(), source: scratch.source)
        } throws: {
            guard case .deleteStorm? = $0 as? SlotWriterError else { return false }
            return true
        }
        #expect(try holds(old))
        #expect(try route.marker() == old.marker())
    }

    @Test func whatCertainlyDoesNotFitTouchesNothing() throws {
        try fill(old)
        let huge = try DataManifest(
            old.manifest.entries + [
                .init(path: try RelativePath("huge"), digest: Digest.of("huge"), size: 1 << 60)
            ])
        #expect {
            try SlotWriter(route: route)
                .fill(with: huge, marker: old.marker(), source: scratch.source)
        } throws: {
            guard case .noRoom(let needed, _)? = $0 as? SlotWriterError else { return false }
            return needed == 1 << 60
        }
        #expect(try holds(old))
        #expect(try route.marker() == old.marker())
        // What another slot holds may take no room.
        var writer = SlotWriter(route: route)
        writer.siblings = [
            (DirectoryTransport(root: "\(scratch.path)/other"), SlotContent(huge))
        ]
        #expect {
            try writer.fill(with: huge, marker: old.marker(), source: scratch.source)
        } throws: {
            if case .noRoom? = $0 as? SlotWriterError { return false }
            return true
        }
    }

    @Test func anInterruptionStopsItBetweenFiles() throws {
        var writer = SlotWriter(route: route)
        var sent = 0
        writer.onProgress = { sent = $0.filesDone }
        writer.isInterrupted = { sent == 3 }
        #expect {
            try writer.fill(with: old.manifest, marker: old.marker(), source: scratch.source)
        } throws: {
            guard case .route(.interrupted)? = $0 as? SlotWriterError else { return false }
            return true
        }
        #expect(try route.marker() == nil)
        #expect(try fill(old).filesKept == 3)
    }

    @Test func reportsProgressToTheEnd() throws {
        var writer = SlotWriter(route: route)
        var last = SlotProgress(filesTotal: 0, bytesTotal: 0)
        writer.onProgress = { last = $0 }
        try writer.fill(with: old.manifest, marker: old.marker(), source: scratch.source)
        let bytes = old.manifest.bytes
        #expect(
            last
                == SlotProgress(
                    filesDone: 7, filesTotal: 7, bytesDone: bytes, bytesTotal: bytes, path: nil)
        )
    }
}
