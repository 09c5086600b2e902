import Glibc
import Posix
import Testing

@Suite struct CopyingTests {
    @Test(arguments: [0, 1, 3_000_000])
    func copiesContentAndMode(size: Int) throws {
        try withScratchFolder { folder in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
            try FileSystem.writeAtomically(bytes, to: folder + "/a", mode: 0o751)
            try FileSystem.copy(folder + "/a", to: folder + "/b")
            #expect(try FileSystem.read(folder + "/b") == bytes)
            #expect(try FileSystem.status(folder + "/b")?.mode == 0o751)
        }
    }

    @Test func copiesAcrossFileSystems() throws {
        try withScratchFolder { folder in
            try FileSystem.copy("/proc/self/status", to: folder + "/status")
            #expect(try FileSystem.readText(folder + "/status").contains("Pid:"))
        }
    }

    @Test func doesNotReplace() throws {
        try withScratchFolder { folder in
            try FileSystem.writeAtomically([1], to: folder + "/a")
            try FileSystem.writeAtomically([2], to: folder + "/b")
            let taken = PosixError(call: "open", path: folder + "/b", code: EEXIST)
            #expect(throws: taken) { try FileSystem.copy(folder + "/a", to: folder + "/b") }
            #expect(throws: taken) { try FileSystem.clone(folder + "/a", to: folder + "/b") }
            #expect(try FileSystem.read(folder + "/b") == [2])
            #expect(throws: PosixError.self) { try FileSystem.copy(folder, to: folder + "/c") }
            #expect(try FileSystem.status(folder + "/c") == nil)
        }
    }

    /// Whether it can clone depends on the file system of the test; it must leave a whole file or none.
    @Test func clonesOrLeavesNothing() throws {
        try withScratchFolder { folder in
            try FileSystem.writeAtomically([1, 2], to: folder + "/a", mode: 0o600)
            if try FileSystem.clone(folder + "/a", to: folder + "/b") {
                #expect(try FileSystem.read(folder + "/b") == [1, 2])
                #expect(try FileSystem.status(folder + "/b")?.mode == 0o600)
            } else {
                #expect(try FileSystem.linkStatus(folder + "/b") == nil)
            }
        }
    }
}
