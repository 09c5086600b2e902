import Docker
import Failures
import HTTP
import Posix
import Testing

@Suite(
    .enabled(if: TestEngine.isOffered && TestEngine.registry != nil, TestEngine.registryHint))
struct PushTests {
    let engine = DockerEngine()
    let registry: String
    let turn: EngineTurn

    init() throws {
        turn = try EngineTurn()
        registry = try #require(TestEngine.registry)
    }

    @Test func theDigestOfAPushIsThatOfTheRegistry() throws {
        let scratch = try ScratchFolder()
        try scratch.write(
            "FROM scratch\nCOPY Dockerfile /\n", to: "Dockerfile")
        let reference = try ImageReference("\(registry)/\(TestEngine.name("push")):v1")
        _ = try engine.build(
            ImageBuild(context: scratch.path, tags: [reference.text], platform: "linux/amd64"))
        defer { try? engine.removeImage(reference.text) }
        let client = RegistryClient()
        #expect(try client.digest(of: reference) == nil)
        let pushed = try engine.push(reference.text)
        #expect(try client.digest(of: reference) == pushed.digest)
        let byDigest = try reference.at(digest: pushed.digest)
        #expect(try client.digest(of: byDigest) == pushed.digest)
        let image = try #require(try engine.image(byDigest.text))
        #expect(image.repositoryDigests == [byDigest.text])
    }

    @Test func aPushThatIsRefusedSaysSo() throws {
        let scratch = try ScratchFolder()
        try scratch.write(
            "FROM scratch\nCOPY Dockerfile /\n", to: "Dockerfile")
        // Nobody listens at port 1 of this machine.
        let reference = "127.0.0.1:1/\(TestEngine.name("refused")):v1"
        _ = try engine.build(
            ImageBuild(context: scratch.path, tags: [reference], platform: "linux/amd64"))
        defer { try? engine.removeImage(reference) }
        let error = #expect(throws: DockerError.self) { try engine.push(reference) }
        guard case .pushFailed(reference, _)? = error else {
            Issue.record("expected pushFailed, not \(String(describing: error))")
            return
        }
    }

    @Test func aRegistryThatDoesNotAnswerIsNotAnImageThatIsMissing() throws {
        let error = #expect(throws: RegistryError.self) {
            try RegistryClient().digest(of: try ImageReference("127.0.0.1:1/a:b"))
        }
        guard case .unreachable(let reason)? = error else {
            Issue.record("expected unreachable, not \(String(describing: error))")
            return
        }
        #expect(reason.kind == .refused)
        #expect(error?.failure.code == "registry-unreachable")
    }
}
