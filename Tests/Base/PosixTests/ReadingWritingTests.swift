import Posix
import Testing

@Suite struct ReadingWritingTests {
    @Test func readsBackWhatWasWritten() throws {
        try withScratchFolder { folder in
            let path = folder + "/a"
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try FileSystem.writeAtomically(bytes, to: path)
            #expect(try FileSystem.read(path) == bytes)
            #expect(try FileSystem.read(path, limit: bytes.count) == bytes)
            #expect(throws: PosixError(call: "read", path: path, code: 27)) {
                try FileSystem.read(path, limit: bytes.count - 1)
            }
            #expect(try FileSystem.readTail(path, limit: 3) == Array(bytes.suffix(3)))
            #expect(try FileSystem.readTail(path, limit: 1_000_000) == bytes)
        }
    }

    @Test func readsFilesThatSayTheyAreEmpty() throws {
        #expect(try FileSystem.readText("/proc/self/status").contains("Pid:"))
    }

    @Test func refusesTextThatIsNone() throws {
        try withScratchFolder { folder in
            let path = folder + "/a"
            try FileSystem.writeAtomically([0x61, 0xFF], to: path)
            #expect(throws: PosixError(call: "read", path: path, code: 84)) {
                try FileSystem.readText(path)
            }
        }
    }

    @Test func replacesAnExistingFileAsAWhole() throws {
        try withScratchFolder { folder in
            let path = folder + "/a"
            try FileSystem.writeAtomically("a long text".utf8, to: path)
            let old = try FileSystem.status(path)
            try FileSystem.link(path, at: folder + "/old")
            try FileSystem.writeAtomically("new".utf8, to: path, mode: 0o600)
            #expect(try FileSystem.readText(path) == "new")
            #expect(try FileSystem.readText(folder + "/old") == "a long text")
            #expect(try FileSystem.status(path)?.inode != old?.inode)
            #expect(try FileSystem.status(path)?.mode == 0o600)
            #expect(try FileSystem.entries(of: folder).map(\.name) == ["a", "old"])
        }
    }

    @Test func aFailedReplacementLeavesNothing() throws {
        try withScratchFolder { folder in
            let target = folder + "/folder"
            try FileSystem.createDirectories(target + "/inside")
            #expect(throws: PosixError.self) {
                try FileSystem.writeAtomically("x".utf8, to: target)
            }
            #expect(try FileSystem.entries(of: folder).map(\.name) == ["folder"])
            #expect(throws: PosixError.self) {
                try FileSystem.writeAtomically("x".utf8, to: folder + "/missing/a")
            }
        }
    }

    @Test(arguments: [
        ("a", "."), ("/a", "/"), ("a/b", "a"), ("/a/b", "/a"), ("a//b", "a"), ("a/b/", "a"),
        ("//a", "/"),
        ("/ä/b", "/ä"),
    ])
    func asideLiesInTheSameFolder(path: String, folder: String) {
        let aside = FileSystem.temporaryPath(beside: path)
        #expect(aside.hasPrefix(folder + "/" + FileSystem.asidePrefix))
        #expect(aside != FileSystem.temporaryPath(beside: path))
    }

    @Test func writesFromAMereName() throws {
        #expect(FileSystem.temporaryPath(beside: "name").hasPrefix("./"))
    }

    @Test func synchronizesFilesAndFolders() throws {
        try withScratchFolder { folder in
            try FileSystem.writeAtomically([1], to: folder + "/a")
            try FileSystem.synchronize(folder + "/a")
            try FileSystem.synchronize(folder)
            try FileSystem.synchronizeFileSystem(containing: folder)
            #expect(throws: PosixError.self) { try FileSystem.synchronize(folder + "/b") }
        }
    }
}
