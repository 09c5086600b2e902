import Dispatch
import Failures
import HTTP
import Posix
import Processes
import Testing

@testable import Docker

@Suite("The user's Docker", .enabled(if: TestEngine.isOffered, TestEngine.engineHint))
struct DockerContextTests {
    private func docker(_ configuration: String, _ words: [String]) throws {
        let output = try ProcessRunner.run(
            ProcessCommand(
                ["docker"] + words,
                environment: ["DOCKER_CONFIG": configuration, "DOCKER_HOST": nil]), timeout: 30)
        try #require(output.exit.isSuccess, "\(output.standardErrorText)")
    }

    /// The engine's address as this process has it.
    private var address: String {
        Environment.value("DOCKER_HOST") ?? "unix:///var/run/docker.sock"
    }

    @Test(
        "a private configuration talks to the engine of the user's context, and signs in to nothing of theirs"
    )
    func context() throws {
        let scratch = try ScratchFolder()
        let own = "\(scratch.path)/own"
        try docker(own, ["context", "create", "lab", "--docker", "host=\(address)"])
        try docker(own, ["context", "create", "gone", "--docker", "host=unix:///nonexistent.sock"])
        for (name, isThere) in [("lab", true), ("gone", false)] {
            try docker(own, ["context", "use", name])
            let folder = "\(scratch.path)/private-\(name)"
            try FileSystem.createDirectories(folder, mode: 0o700)
            let engine = try DockerEngine(configDirectory: own)
                .withPrivateConfiguration(in: folder)
            #expect(engine.configDirectory == folder)
            #expect(
                try FileSystem.readText("\(folder)/config.json")
                    == "{\"currentContext\":\"\(name)\"}")
            guard Environment.value("DOCKER_HOST") == nil else { continue }
            // The engine at the context's address is asked: one of the two is not there.
            if isThere {
                #expect(try !engine.version().isEmpty)
            } else {
                let error = #expect(throws: DockerError.self) { try engine.version() }
                #expect(error?.failure.code == "docker-not-running")
            }
        }
    }

    @Test("an engine that is reached by the default has no context, and none is written")
    func plain() throws {
        let scratch = try ScratchFolder()
        let (own, folder) = ("\(scratch.path)/own", "\(scratch.path)/private")
        try FileSystem.createDirectories(own)
        try FileSystem.createDirectories(folder)
        let engine = try DockerEngine(configDirectory: own, host: address)
            .withPrivateConfiguration(in: folder)
        #expect(try FileSystem.readText("\(folder)/config.json") == "{}")
        #expect(try !engine.version().isEmpty)
    }

    @Test(
        "a cancellation ends a push, and a question to a registry, that get no answer, within two seconds"
    )
    func interrupted() throws {
        // It takes connections and says nothing.
        let socket = try LoopbackSocket.listen(port: 0)
        defer { Descriptors.close(socket.descriptor) }
        let scratch = try ScratchFolder()
        try scratch.write("FROM scratch\nCOPY Dockerfile /\n", to: "Dockerfile")
        let reference = try ImageReference(
            "127.0.0.1:\(socket.port)/\(TestEngine.name("silent")):v1")
        let turn = try EngineTurn()
        let engine = DockerEngine()
        _ = try engine.build(
            ImageBuild(context: scratch.path, tags: [reference.text], platform: "linux/amd64"))
        defer { try? engine.removeImage(reference.text) }
        func timed(_ body: (Cancellation) throws -> Void) rethrows {
            let cancel = Cancellation()
            let start = MonotonicClock.nanoseconds()
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { cancel.cancel() }
            try body(cancel)
            #expect(MonotonicClock.nanoseconds() - start < 2_300_000_000)
        }
        timed { cancel in
            let error = #expect(throws: RegistryError.self) {
                try RegistryClient().digest(of: reference, cancel: cancel)
            }
            guard case .unreachable(let reason)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.kind == .interrupted)
        }
        timed { cancel in
            #expect(throws: DockerError.interrupted) {
                try engine.push(reference.text, cancel: cancel)
            }
        }
        withExtendedLifetime(turn) {}
    }
}
