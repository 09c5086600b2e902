import Glibc
import Posix
import Testing

@Suite struct DirectoryTests {
    @Test func listsNamesInTheOrderOfTheirBytes() throws {
        try withScratchFolder { folder in
            for name in ["b", "B", "é", "a.b", "a"] {
                try FileSystem.writeAtomically([], to: "\(folder)/\(name)")
            }
            try FileSystem.createDirectories(folder + "/a-folder")
            try FileSystem.symbolicLink(to: "a-folder", at: folder + "/link")
            let entries = try FileSystem.entries(of: folder)
            #expect(entries.map(\.name) == ["B", "a", "a-folder", "a.b", "b", "link", "é"])
            #expect(
                entries.map(\.kind) == [
                    .file, .file, .directory, .file, .file, .symbolicLink, .file,
                ])
        }
    }

    @Test func listsAndRemovesNamesThatAreNotUTF8() throws {
        try withScratchFolder { folder in
            let inner = folder + "/inner"
            try FileSystem.createDirectories(inner)
            let raw = Array(inner.utf8CString.dropLast()) + [CChar(47), CChar(bitPattern: 0xFF), 0]
            try #require(mkdir(raw, 0o700) == 0)
            let entry = try #require(try FileSystem.entries(of: inner).first)
            #expect(!entry.isValidUTF8)
            #expect(entry.name == "\u{FFFD}")
            #expect(entry.kind == .directory)
            try FileSystem.removeTree(inner)
            #expect(try FileSystem.status(inner) == nil)
        }
    }

    @Test func createsWhatIsMissing() throws {
        try withScratchFolder { folder in
            try FileSystem.createDirectories(folder + "/a/b/c/")
            try FileSystem.createDirectories(folder + "/a/b/c")
            #expect(try FileSystem.status(folder + "/a/b/c")?.kind == .directory)
            try FileSystem.writeAtomically([], to: folder + "/file")
            #expect(throws: PosixError.self) { try FileSystem.createDirectories(folder + "/file") }
            #expect(throws: PosixError.self) {
                try FileSystem.createDirectories(folder + "/file/a")
            }
            #expect(throws: PosixError.self) { try FileSystem.createDirectories("") }
        }
    }

    @Test func removesATreeButNothingBehindALink() throws {
        try withScratchFolder { folder in
            try FileSystem.createDirectories(folder + "/kept")
            try FileSystem.writeAtomically([], to: folder + "/kept/file")
            let tree = folder + "/tree"
            try FileSystem.createDirectories(tree + "/a/b/c")
            try FileSystem.writeAtomically([], to: tree + "/a/b/file")
            try FileSystem.symbolicLink(to: folder + "/kept", at: tree + "/a/link")
            try FileSystem.removeTree(tree)
            #expect(try FileSystem.linkStatus(tree) == nil)
            try FileSystem.symbolicLink(to: "kept", at: folder + "/link")
            try FileSystem.removeTree(folder + "/link")
            #expect(try FileSystem.entries(of: folder).map(\.name) == ["kept"])
            #expect(try FileSystem.entries(of: folder + "/kept").count == 1)
        }
    }

    @Test func removingWhatIsAbsentIsNoError() throws {
        try withScratchFolder { folder throws in
            try FileSystem.remove(folder + "/a")
            try FileSystem.removeDirectory(folder + "/a")
            try FileSystem.removeTree(folder + "/a/b")
            #expect(throws: PosixError.self) { try FileSystem.remove(folder) }
            try FileSystem.writeAtomically([], to: folder + "/a")
            #expect(throws: PosixError.self) { try FileSystem.removeDirectory(folder) }
        }
    }

    @Test func renamesAndChangesModes() throws {
        try withScratchFolder { folder in
            try FileSystem.writeAtomically([1], to: folder + "/a")
            try FileSystem.rename(folder + "/a", to: folder + "/b")
            #expect(try FileSystem.status(folder + "/a") == nil)
            try FileSystem.changeMode(folder + "/b", to: 0o400)
            #expect(try FileSystem.status(folder + "/b")?.mode == 0o400)
            try FileSystem.link(folder + "/b", at: folder + "/c")
            #expect(try FileSystem.status(folder + "/b")?.links == 2)
            #expect(throws: PosixError(call: "link", path: folder + "/b", code: EEXIST)) {
                try FileSystem.link(folder + "/b", at: folder + "/c")
            }
        }
    }
}
