import Digests
import Docker
import Posix
import Processes
import Testing

@Suite struct NoEngineTests {
    @Test func saysWhatToDoWhereNoEngineAnswers() throws {
        guard
            (try? ProcessRunner.run(ProcessCommand(["docker", "--version"]))) != nil
        else { return }
        let engine = DockerEngine(host: "unix:///nonexistent/docker.sock")
        for ask: () throws -> Void in [
            { _ = try engine.version() }, { _ = try engine.image("x") },
            { _ = try engine.push("127.0.0.1:1/x:y") },
            { _ = try engine.containers(labels: ["a": "b"]) },
        ] {
            let error = #expect(throws: DockerError.self) { try ask() }
            guard case .engineNotRunning? = error else {
                Issue.record("expected engineNotRunning, not \(String(describing: error))")
                continue
            }
            #expect(error?.description.contains("start it") == true)
        }
    }
}

@Suite(.enabled(if: TestEngine.isOffered, TestEngine.engineHint))
struct DockerEngineTests {
    let engine = DockerEngine()
    let scratch: ScratchFolder
    let turn: EngineTurn

    init() throws {
        turn = try EngineTurn()
        scratch = try ScratchFolder()
    }

    @Test func buildsAndInspects() throws {
        let name = TestEngine.name("build")
        try scratch.write(
            "FROM scratch\nARG V\nLABEL v=$V\nCOPY file /\n",
            to: "Dockerfile")
        try scratch.write(name, to: "file")
        var build = ImageBuild(
            context: scratch.path, tags: ["\(name):a", "\(name):b"], platform: "linux/amd64")
        build.arguments = ["V": "1 2"]
        build.labels = ["own": "label"]
        var lines: [String] = []
        let image = try engine.build(build, onLine: { lines.append($0) })
        defer { for tag in build.tags { try? engine.removeImage(tag) } }
        #expect(image.labels == ["v": "1 2", "own": "label"])
        #expect(image.platform == "linux/amd64")
        #expect(Set(image.tags) == ["\(name):a", "\(name):b"])
        #expect(lines.contains { $0.contains("COPY file") })
        #expect(try engine.image(image.id) == image)
        #expect(try engine.image("\(name):none") == nil)
        // Nothing changed, so the image is the same one.
        #expect(try engine.build(build).id == image.id)
    }

    @Test func aFailedBuildTellsItsLastLines() throws {
        try scratch.write(
            "FROM scratch\nCOPY missing /\n", to: "Dockerfile")
        let build = ImageBuild(
            context: scratch.path, tags: [TestEngine.name("fails")], platform: "linux/amd64")
        let error = #expect(throws: DockerError.self) { try engine.build(build) }
        guard case .buildFailed(scratch.path, let lines)? = error else {
            Issue.record("expected buildFailed, not \(String(describing: error))")
            return
        }
        #expect(lines.contains { $0.contains("missing") })
    }

    @Test func aBuildIsCancelledWithAllThatItStarted() throws {
        try scratch.write(
            "FROM scratch\nCOPY Dockerfile /\n", to: "Dockerfile")
        let cancel = Cancellation()
        let build = ImageBuild(
            context: scratch.path, tags: [TestEngine.name("cancelled")], platform: "linux/amd64")
        #expect(throws: DockerError.interrupted) {
            try engine.build(build, onLine: { _ in cancel.cancel() }, cancel: cancel)
        }
    }

    /// The same patterns and the same tree: what the image holds is what was read as its context.
    @Test(arguments: [
        "", "*\n!keep", "*\n!/site/app.py\n", "**/*.pyc\nsite/*.md\n!site/README*.md",
        "site\n!site/sub/x",
        "Dockerfile\n.dockerignore\n", "**/sub", "*/*/x", "s?te/[a-b]*", "*\n!site/sub\nsite", ".*",
        "**",
        "site/**\n!site/app.py", "# comment\n #x\n\n",
    ])
    func theContextIsWhatDockerSends(_ patterns: String) throws {
        for file in [
            "keep", "drop", "site/app.py", "site/a.pyc", "site/README.md", "site/NOTES.md",
            "site/sub/x",
            "site/sub/y.pyc", ".hidden/file", "#x",
        ] { try scratch.write(file, to: file) }
        try scratch.write(patterns, to: ".dockerignore")
        let name = TestEngine.name("context") + ":t"
        try scratch.write(
            "FROM scratch\nCOPY . /\nCMD [\"none\"]\n", to: "Dockerfile")
        _ = try engine.build(
            ImageBuild(context: scratch.path, tags: [name], platform: "linux/amd64"))
        let container = try engine.createContainer(ContainerRequest(image: name))
        defer {
            try? engine.removeContainer(container)
            try? engine.removeImage(name)
        }
        let tar = "\(scratch.path).tar"
        defer { try? FileSystem.remove(tar) }
        _ = try ProcessRunner.run(ProcessCommand(["docker", "export", "--output", tar, container]))
        let listing = try ProcessRunner.run(ProcessCommand(["tar", "--list", "--file", tar]))
        let context = try BuildContext.read(root: scratch.path) { try Digest.ofFile($0).digest }
        let sent = context.entries.compactMap { entry -> String? in
            guard case .file = entry.content else { return nil }
            return entry.path
        }
        // The engine takes out again what the client adds: the two files, where they are ignored.
        let ignore = try DockerIgnore(patterns)
        let expected = sent.filter { path in
            !["Dockerfile", ".dockerignore"].contains(path) || !ignore.isIgnored(path)
        }
        let made = ["etc/", "dev/", "proc/", "sys/", ".dockerenv"]
        let found = listing.standardOutputText.split(separator: "\n").map(String.init).filter {
            path in
            !path.hasSuffix("/") && !made.contains { path.hasPrefix($0) }
        }
        #expect(found.sorted() == expected.sorted())
    }

    @Test func aContainerGoesThroughItsLife() throws {
        let image = try #require(
            Environment.value("PIPELINE_BASE_IMAGE"),
            "set PIPELINE_BASE_IMAGE to an image with python3")
        try scratch.write("data", to: "slot/file")
        let name = TestEngine.name("life")
        var request = ContainerRequest(image: image, name: name)
        request.command = [
            "sh", "-c",
            "cat /app/data/file; touch /app/data/x || echo read-only; trap 'exit 3' TERM; while :; do sleep 0.1; done",
        ]
        request.labels = ["pipeline.test": name]
        request.mounts = [
            .init(source: "\(scratch.path)/slot", target: "/app/data", isReadOnly: true)
        ]
        request.ports = [.init(container: 8000)]
        let id = try engine.createContainer(request)
        defer { try? engine.removeContainer(id) }
        #expect(try engine.container(name)?.state == .created)
        try engine.startContainer(id)
        let running = try #require(try engine.container(id))
        #expect(running.isRunning)
        #expect(running.hostPort(for: 8000) ?? 0 > 0)
        #expect(running.bindings.map(\.hostAddress) == ["127.0.0.1"])
        #expect(running.mounts.map(\.isReadOnly) == [true])
        #expect(try engine.containers(labels: ["pipeline.test": name]).map(\.id) == [id])
        try engine.stopContainer(id, grace: 10)
        let ended = try #require(try engine.container(id))
        #expect(ended.state == .exited)
        #expect(ended.exitCode == 3)
        let log = try engine.logs(id, lines: 10)
        #expect(log.contains { $0.hasPrefix("data") })
        #expect(log.contains { $0.hasSuffix("read-only") })
        try engine.removeContainer(id)
        #expect(try engine.container(id) == nil)
        try engine.removeContainer(id)
    }
}
