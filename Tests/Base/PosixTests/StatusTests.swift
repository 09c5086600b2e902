import Failures
import Posix
import Testing

@Suite struct StatusTests {
    @Test func tellsKindSizeAndTimes() throws {
        try withScratchFolder { folder in
            let path = folder + "/a"
            try FileSystem.writeAtomically(Array("hello".utf8), to: path, mode: 0o640)
            try FileSystem.setTimes(path, modifiedNs: 1_234_567_890_123_456_789)
            let status = try #require(try FileSystem.status(path))
            #expect(status.kind == .file)
            #expect(status.size == 5)
            #expect(status.mode == 0o640)
            #expect(status.links == 1)
            #expect(status.modifiedNs == 1_234_567_890_123_456_789)
            #expect(status.changedNs > status.modifiedNs)
            try FileSystem.setTimes(path, modifiedNs: -1)
            #expect(try FileSystem.status(path)?.modifiedNs == -1)
        }
    }

    @Test func absenceIsNoError() throws {
        #expect(try FileSystem.status("/no/such/file") == nil)
        #expect(try FileSystem.status("/etc/passwd/inside") == nil)
        #expect(try FileSystem.linkStatus("") == nil)
    }

    @Test func followsLinksOnlyWhenAsked() throws {
        try withScratchFolder { folder in
            let link = folder + "/link"
            try FileSystem.symbolicLink(to: "nowhere", at: link)
            #expect(try FileSystem.status(link) == nil)
            #expect(try FileSystem.linkStatus(link)?.kind == .symbolicLink)
            #expect(try FileSystem.readLink(link) == "nowhere")
            try FileSystem.writeAtomically([], to: folder + "/nowhere")
            #expect(try FileSystem.status(link)?.kind == .file)
            #expect(try FileSystem.realPath(link) == FileSystem.realPath(folder) + "/nowhere")
        }
    }

    @Test func refusesAZeroByteInAPath() {
        #expect(throws: PosixError(call: "stat", path: "/etc/passwd\0x", code: 22)) {
            try FileSystem.status("/etc/passwd\0x")
        }
        #expect(throws: PosixError(call: "rename", path: "b\0", code: 22)) {
            try FileSystem.rename("a", to: "b\0")
        }
    }

    @Test func errorsNameCallAndPath() {
        let error = #expect(throws: PosixError.self) { try FileSystem.read("/no/such") }
        #expect(error?.description == "open \"/no/such\": No such file or directory")
        #expect(error?.isNotFound == true)
        #expect(error?.failure.code == "file-missing")
    }

    @Test func whatHasNoEntryOfItsOwnNamesTheCall() throws {
        try withScratchFolder { folder in
            // The kernel reads no folder as a file.
            let error = #expect(throws: PosixError.self) { try FileSystem.read(folder) }
            #expect(error?.failure.code == "system-call")
            #expect(error?.failure.headline.contains("Is a directory") == true)
        }
    }

    @Test func describesTheFileSystem() throws {
        try withScratchFolder { folder throws in
            #expect(try FileSystem.freeBytes(folder) > 0)
            #expect(try FileSystem.isCaseSensitive(directory: folder))
            #expect(try FileSystem.entries(of: folder).isEmpty)
        }
        #expect(try FileSystem.currentDirectory().hasPrefix("/"))
        #expect(try FileSystem.isNetwork("/proc") == nil)
    }
}
