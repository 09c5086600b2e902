import Posix
import Processes
import Testing

/// `pipeline data pack`, outside of any project.
@Suite struct DataPackTests {
    private let scratch: DataScratch

    init() throws {
        scratch = try DataScratch()
        try scratch.write("tree/a", "hello\n")
        try scratch.write("tree/sub/new\nline", "x")
        try FileSystem.symbolicLink(to: "../a", at: scratch.path("tree/sub/link"))
    }

    private struct Made: Decodable {
        let pack: String
        let sha256: String
        let content: Counts
    }
    private struct Counts: Decodable, Equatable {
        let files: Int
        let folders: Int
        let links: Int
        let bytes: Int
    }
    private struct Listed: Decodable {
        struct Entry: Decodable, Equatable {
            let path: String
            let kind: String
            let mode: String
            let bytes: Int?
            let target: String?
        }
        let entries: [Entry]
        let content: Counts
    }
    private struct Verified: Decodable {
        struct Difference: Decodable, Equatable {
            let path: String
            let difference: String
        }
        let problem: String?
        let differences: [Difference]
    }

    @Test func madeListedAndVerified() throws {
        let made = try scratch.data("pack", "tree", "--json")
        #expect(made.exit == .exited(0))
        let pack = try scratch.decode(Made.self, made)
        #expect(pack.pack == "tree.sqfs" && pack.sha256.count == 64)
        let counts = Counts(files: 2, folders: 1, links: 1, bytes: 7)
        #expect(pack.content == counts)
        #expect(try scratch.names() == ["tree", "tree.sqfs"])
        let listed = try scratch.decode(
            Listed.self, try scratch.data("pack", "--list", "tree.sqfs", "--json"))
        #expect(listed.content == counts)
        #expect(
            listed.entries == [
                .init(path: "a", kind: "file", mode: "644", bytes: 6, target: nil),
                .init(path: "sub", kind: "folder", mode: "755", bytes: nil, target: nil),
                .init(path: "sub/link", kind: "link", mode: "777", bytes: nil, target: "../a"),
                .init(path: "sub/new\nline", kind: "file", mode: "644", bytes: 1, target: nil),
            ])
        let same = try scratch.data("pack", "--verify", "tree.sqfs", "--against", "tree", "--json")
        #expect(same.exit == .exited(0))
        #expect(try scratch.decode(Verified.self, same).differences == [])
        try scratch.write("tree/a", "Hello\n")
        let other = try scratch.data(
            "pack", "--verify", "tree.sqfs", "--against", "tree", "--json")
        #expect(other.exit == .exited(5))
        #expect(
            try scratch.decode(Verified.self, other).differences == [
                .init(path: "a", difference: "content")
            ])
    }

    @Test func aPackThatCannotBeReadFailsItsVerification() throws {
        try scratch.write("tree/b", (0..<20_000).map(String.init).joined(separator: " "))
        #expect(try scratch.data("pack", "tree").exit == .exited(0))
        var bytes = try FileSystem.read(scratch.path("tree.sqfs"))
        for index in 1000..<1100 { bytes[index] ^= 0xFF }
        try FileSystem.writeAtomically(bytes, to: scratch.path("tree.sqfs"))
        let output = try scratch.data("pack", "--verify", "tree.sqfs", "--json")
        #expect(output.exit == .exited(5))
        let problem = try scratch.decode(Verified.self, output).problem
        #expect(problem?.hasPrefix("\"unsquashfs\" failed: ") == true)
        let text = try scratch.data("pack", "--verify", "tree/a")
        #expect(text.exit == .exited(5))
        #expect(
            text.standardErrorText
                == "error[not-a-pack]: \"tree/a\" is no squashfs\n  next: give a pack\n")
    }

    @Test func forPeopleNamesCannotBreakTheLine() throws {
        #expect(try scratch.data("pack", "tree", "-o", "p.sqfs").standardOutputText == "p.sqfs\n")
        let listed = try scratch.data("pack", "--list", "p.sqfs")
        #expect(
            listed.standardOutputText == """
                MODE        SIZE  NAME
                -rw-r--r--   6 B  a
                drwxr-xr-x        sub/
                lrwxrwxrwx        sub/link -> ../a
                -rw-r--r--   1 B  sub/new\\nline

                """)
        #expect(listed.standardErrorText == "2 files, 1 folder, 1 link, 7 B\n")
    }

    @Test func theTimeIsThatOfTheBuild() throws {
        let packs = try ["7", "7", "8", nil].map { time in
            try scratch.decode(
                Made.self,
                try scratch.data(
                    "pack", "tree", "--json", environment: ["SOURCE_DATE_EPOCH": time])
            ).sha256
        }
        #expect(packs[0] == packs[1])
        #expect(Set(packs).count == 3)
        let wrong = try scratch.data("pack", "tree", environment: ["SOURCE_DATE_EPOCH": "noon"])
        #expect(wrong.exit == .exited(1))
        #expect(wrong.standardErrorText.contains("SOURCE_DATE_EPOCH is \"noon\""))
    }

    @Test(arguments: [
        (["pack", "tree", "--output", "x", "--list"], "--output"),
        (["pack", "tree", "--against", "tree"], "--against"),
        (["pack", "tree", "--list", "--verify"], "--list and --verify"),
        (["pack", "tree", "--compression", "bzip2"], "one of xz, zstd, gzip"),
        (["pack"], "\"SOURCE\" is missing"),
        (["pakc"], "did you mean \"pack\"?"),
        ([], "no command is given"),
    ]) func wrongUse(arguments: [String], message: String) throws {
        let output = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "data"] + arguments, directory: scratch.root))
        #expect(output.exit == .exited(2))
        #expect(output.standardErrorText.contains(message))
        #expect(try scratch.names() == ["tree"])
    }

    @Test func helpOfCommandsInAGroup() throws {
        let outputs = try [["help", "data", "pack"], ["data", "pack", "--help"]].map {
            try ProcessRunner.run(ProcessCommand([UnitProject.tool] + $0))
        }
        #expect(outputs.map(\.exit) == [.exited(0), .exited(0)])
        #expect(outputs[0].standardOutput == outputs[1].standardOutput)
        #expect(
            outputs[0].standardOutputText.contains("Usage: pipeline data pack [OPTIONS] SOURCE"))
        let wrong = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "help", "data", "lnk"]))
        #expect(wrong.exit == .exited(2))
        #expect(wrong.standardErrorText.contains("did you mean \"link\"?"))
    }

    @Test func aMissingToolIsNamedWithItsPackage() throws {
        try FileSystem.createDirectories(scratch.path("bin"))
        let output = try scratch.data(
            "pack", "tree", environment: ["PATH": scratch.path("bin")])
        #expect(output.exit == .exited(1))
        #expect(
            output.standardErrorText
                == """
                error[pack-tool-missing]: "mksquashfs" was not found
                  next: install it
                        apt-get install squashfs-tools

                """)
        #expect(try scratch.names() == ["bin", "tree"])
    }
}
