import Digests
import Failures
import Posix
import Processes
import S3Relay
import Slots
import Testing

/// What the agent refuses where the data lies, whatever a job asks.
@Suite struct BucketAgentTests {
    private let scratch: ScratchFolder
    private var root: String { scratch.path + "/mount/site" }

    init() throws {
        scratch = try ScratchFolder()
        try FileSystem.createDirectories(scratch.path + "/mount")
    }

    /// A machine as an operator uses it who holds the lock under this number.
    private func host(_ number: Int?, _ name: String = "runner") throws -> DataHost {
        DataHost(
            try FolderRunner(scratch: "\(scratch.path)/\(name)"), root: root, owner: nil,
            fileSystem: nil,
            fence: number.map { JobFence(number: $0, site: "p/e", key: nil) })
    }

    private func put(_ text: String, as path: String, _ route: any Transport) throws {
        try scratch.write(text, to: "source")
        let entry = DataManifest.Entry(
            path: try RelativePath(path), digest: Digest.of(text), size: Int64(text.utf8.count))
        try route.put("\(scratch.path)/source", as: entry)
    }

    private func fenced(_ body: () throws -> Void) {
        let error = #expect(throws: TransportError.self) { try body() }
        #expect(error?.failure.code == "slot-fenced", "\(String(describing: error))")
    }

    @Test("D78: a job of a lower number than one that was seen changes nothing")
    func fence() throws {
        let early = try host(5, "early").route("a")
        try put("early", as: "x", early)
        let late = try host(6, "late").route("a")
        try put("late", as: "x", late)
        fenced { try put("too late", as: "x", early) }
        fenced { try early.removeMarker() }
        fenced { try early.writeMarker([1]) }
        fenced {
            try early.delete([RelativePath("x")], isInterrupted: { false })
            try early.synchronize()
        }
        fenced { try put("unheld", as: "x", try host(nil, "nobody").route("a")) }
        #expect(try FileSystem.readText(root + "/a/x") == "late")
        // Looking is always free, and shows nothing of the fence.
        #expect(try early.read(RelativePath("x"), limit: 9) == Array("late".utf8))
        #expect(try host(5, "look").route("").entries(of: nil)?.map(\.name) == ["a"])
        // Another site that shares the root has a lock of its own.
        let other = DataHost(
            try FolderRunner(scratch: scratch.path + "/other"), root: root, owner: nil,
            fileSystem: nil, fence: JobFence(number: 1, site: "p/f", key: nil))
        try put("other", as: "x", other.route("b"))
    }

    @Test("D78: the highest number also counts where only the bucket has it")
    func fenceObject() throws {
        let runner = try FolderRunner(scratch: scratch.path + "/runner")
        let host = DataHost(
            runner, root: root, owner: nil, fileSystem: nil,
            fence: JobFence(number: 5, site: "p/e", key: "fence.json"))
        try scratch.write(#"{"format": 1, "fence": 5}"#, to: "fence")
        try runner.upload(scratch.path + "/fence", as: "fence.json")
        try put("mine", as: "x", host.route("a"))
        try scratch.write(#"{"format": 1, "fence": 6}"#, to: "fence")
        try FileSystem.remove(scratch.path + "/runner/objects/fence.json")
        try runner.upload(scratch.path + "/fence", as: "fence.json")
        fenced { try put("late", as: "x", host.route("a")) }
        #expect(try FileSystem.readText(root + "/a/x") == "mine")
        // What cannot be asked is no permission.
        try FileSystem.remove(scratch.path + "/runner/objects/fence.json")
        #expect(throws: TransportError.self) { try put("unasked", as: "x", host.route("a")) }
        #expect(try FileSystem.readText(root + "/a/x") == "mine")
    }

    @Test("D59: a filling whose slot another has begun to fill writes nothing more, and no marker")
    func token() throws {
        let first = try host(5, "first").route("a")
        try first.beginFilling("one")
        try put("one", as: "x", first)
        let second = try host(5, "second").route("a")
        try second.beginFilling("two")
        try second.synchronize()
        fenced { try first.writeMarker([1]) }
        fenced {
            try first.makeFolders([RelativePath("folder")])
            try first.synchronize()
        }
        #expect(try FileSystem.status(root + "/a/" + SlotMarker.fileName) == nil)
        #expect(try second.fillingToken() == "two")
        try second.writeMarker([2])
        #expect(try second.readMarker() == [2])
    }

    @Test("D78: a filling begins only over what was seen in the slot")
    func seen() throws {
        let first = try host(5, "first").route("a")
        #expect(try first.readMarker() == nil)
        try host(5, "second").route("a").writeMarker([2])
        fenced {
            try first.beginFilling("one")
            try first.synchronize()
        }
        #expect(try first.readMarker() == [2])
    }

    @Test("D59: the lock is confirmed before each job that changes something")
    func confirmed() throws {
        struct Lost: Error {}
        var isLost = false
        let host = DataHost(
            try FolderRunner(scratch: scratch.path + "/runner"), root: root, owner: nil,
            fileSystem: nil, confirm: { if isLost { throw Lost() } })
        try put("held", as: "x", host.route("a"))
        isLost = true
        #expect(throws: TransportError.self) { try put("lost", as: "x", host.route("a")) }
        #expect(throws: TransportError.self) { try host.route("a").removeMarker() }
        #expect(try host.route("a").read(RelativePath("x"), limit: 9) == Array("held".utf8))
    }

    @Test(
        "D84: no link below the mount point is followed, nor a root or slot that is one",
        arguments: ["site", "site/a", "site/a/folder"])
    func links(link: String) throws {
        let elsewhere = scratch.path + "/elsewhere"
        try FileSystem.createDirectories(elsewhere + "/a/folder")
        try FileSystem.createDirectories(
            "\(scratch.path)/mount/\(link)".split(separator: "/").dropLast().reduce("") {
                $0 + "/" + $1
            })
        try FileSystem.symbolicLink(to: elsewhere, at: "\(scratch.path)/mount/\(link)")
        let route = try host(1).route("a")
        #expect(throws: TransportError.self) { try put("x", as: "folder/x", route) }
        #expect(throws: TransportError.self) {
            try route.delete([RelativePath("folder/x")], isInterrupted: { false })
            try route.synchronize()
        }
        #expect(try FileSystem.entries(of: elsewhere).map(\.name) == ["a"])
        #expect(try FileSystem.entries(of: elsewhere + "/a/folder").isEmpty)
    }

    @Test("D84: bytes go straight beside their target: the temporary folder may hold nothing")
    func temporary() throws {
        let runner = try FolderRunner(scratch: scratch.path + "/runner")
        let text = String(repeating: "0123456789", count: 1000)
        try scratch.write(text, to: "pack")
        try runner.upload(scratch.path + "/pack", as: "pack")
        try scratch.write(
            """
            {"root": "\(root)", "operations": [{"do": "put", "slot": "a", "path": "x", "pack": "pack",
              "offset": 10, "size": 9990, "aside": ".pipeline-aside-x",
              "digest": "\(Digest.of(String(text.dropFirst(10))).hex)"}]}
            """, to: "job")
        try runner.upload(scratch.path + "/job", as: "job")
        let output = try ProcessRunner.run(
            ProcessCommand(
                [
                    "python3", "\(runner.scratch)/agent.py", "folder", "\(runner.scratch)/objects",
                    "job",
                ],
                environment: ["TMPDIR": "/nonexistent"]))
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        #expect(try FileSystem.readText(root + "/a/x") == String(text.dropFirst(10)))
    }
}
