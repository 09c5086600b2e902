import Digests
import Docker
import Posix
import Testing

@Suite struct BuildContextTests {
    let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write("FROM scratch\n", to: "Dockerfile")
        try scratch.write("print()\n", to: "site/app.py")
        try scratch.write("secret", to: "site/.env")
    }

    private func read() throws -> BuildContext {
        try BuildContext.read(root: scratch.path) { try Digest.ofFile($0).digest }
    }

    private func paths() throws -> [String] { try read().entries.map(\.path) }

    @Test func listsWhatIsSentSortedByBytes() throws {
        try FileSystem.symbolicLink(to: "../elsewhere", at: "\(scratch.path)/site/link")
        let context = try read()
        #expect(
            context.entries.map { "\($0.path) \(String($0.mode, radix: 8))" } == [
                "Dockerfile 644", "site 755", "site/.env 644", "site/app.py 644", "site/link 0",
            ])
        #expect(context.entries[4].content == .symbolicLink(target: "../elsewhere"))
        #expect(context.entries[3].content == .file(digest: Digest.of("print()\n"), size: 8))
        #expect(context.bytes == 13 + 8 + 6)
    }

    @Test func leavesOutWhatIsIgnoredAndLooksNoFurther() throws {
        try scratch.write("*\n!site\nsite/.env\n**/__pycache__\n", to: ".dockerignore")
        try scratch.write("x", to: "site/__pycache__/a.pyc")
        // A folder that cannot be read is no matter when all of it is ignored.
        try scratch.write("x", to: "data/raw")
        #expect(try paths() == [".dockerignore", "Dockerfile", "site", "site/app.py"])
    }

    @Test(
        "D70: a Dockerfile that is a link or lies behind one counts by its content",
        arguments: ["Dockerfile", "docker/Dockerfile"])
    func linkedDockerfile(dockerfile: String) throws {
        let shared = try ScratchFolder()
        try shared.write("FROM scratch\n", to: "Dockerfile")
        let first = dockerfile.split(separator: "/")[0]
        try? FileSystem.remove("\(scratch.path)/Dockerfile")  // try?: none where a folder is linked
        try FileSystem.symbolicLink(
            to: first == "docker" ? shared.path : "\(shared.path)/Dockerfile",
            at: "\(scratch.path)/\(first)")
        func read() throws -> BuildContext {
            try BuildContext.read(root: scratch.path, dockerfile: dockerfile) {
                try Digest.ofFile($0).digest
            }
        }
        let before = try read()
        #expect(before.linkedDockerfile == Digest.of("FROM scratch\n"))
        #expect(try read().digest == before.digest)
        try shared.write("FROM other\n", to: "Dockerfile")
        #expect(try read().digest != before.digest)
    }

    @Test func aDockerfileOfTheContextIsNoLinkWhateverTheContextIs() throws {
        let outer = try ScratchFolder()
        try FileSystem.symbolicLink(to: scratch.path, at: "\(outer.path)/context")
        let context = try BuildContext.read(root: "\(outer.path)/context") {
            try Digest.ofFile($0).digest
        }
        #expect(context.linkedDockerfile == nil)
    }

    @Test func takesExceptionsBackIn() throws {
        try scratch.write("site\n!site/app.py\n", to: ".dockerignore")
        #expect(try paths() == [".dockerignore", "Dockerfile", "site/app.py"])
    }

    @Test func onlyWhatTheImageSeesChangesTheDigest() throws {
        try scratch.write("ignored\n", to: ".dockerignore")
        let before = try read().digest
        try scratch.write("x", to: "ignored")
        try FileSystem.setTimes("\(scratch.path)/site/app.py", modifiedNs: 1_000_000_000)
        #expect(try read().digest == before)

        var digests: Set<Digest> = [before]
        try FileSystem.changeMode("\(scratch.path)/site/app.py", to: 0o755)
        digests.insert(try read().digest)
        try scratch.write("print(1)\n", to: "site/app.py")
        digests.insert(try read().digest)
        try FileSystem.rename("\(scratch.path)/site/app.py", to: "\(scratch.path)/site/main.py")
        digests.insert(try read().digest)
        try FileSystem.createDirectories("\(scratch.path)/site/empty")
        digests.insert(try read().digest)
        try FileSystem.symbolicLink(to: "a", at: "\(scratch.path)/site/link")
        digests.insert(try read().digest)
        try FileSystem.remove("\(scratch.path)/site/link")
        try FileSystem.symbolicLink(to: "b", at: "\(scratch.path)/site/link")
        digests.insert(try read().digest)
        #expect(digests.count == 7)
    }

    @Test func saysWhatIsWrongWithTheDockerfile() throws {
        let digest: (String) throws -> Digest = { try Digest.ofFile($0).digest }
        #expect(throws: BuildContextError.noDockerfile("\(scratch.path)/none")) {
            try BuildContext.read(root: scratch.path, dockerfile: "none", digest: digest)
        }
        #expect(throws: BuildContextError.dockerfileOutside("../Dockerfile")) {
            try BuildContext.read(root: scratch.path, dockerfile: "../Dockerfile", digest: digest)
        }
        try scratch.write("", to: "Dockerfile.dockerignore")
        #expect(throws: BuildContextError.ownIgnoreFile("\(scratch.path)/Dockerfile.dockerignore"))
        {
            try BuildContext.read(root: scratch.path, digest: digest)
        }
    }
}
