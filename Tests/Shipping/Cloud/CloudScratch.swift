import DeployLocking
import DeployTargets
import Digests
import FoundationEssentials
import Glibc
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes
import Slots
import Synchronization
import Testing

@testable import PipelineEngine
@testable import PipelineShipping

/// A project with a session, whose environment is at a scripted AWS and has its slots in a folder here.
///
/// Sessions work in the current folder, so a test that makes one runs in a process of its own (an exit test).
final class CloudScratch {
    let root: String
    let session: RunSession
    let context: RunContext
    let cloud: Cloud
    private let said: Said

    private final class Said: Sendable {
        let notes = Mutex<[String]>([])
        let onNote = Mutex<@Sendable (String) -> Void>({ _ in })

        func note(_ text: String) {
            notes.withLock { $0.append(text) }
            onNote.withLock { $0 }(text)
        }
    }

    /// Called with each note.
    var onNote: @Sendable (String) -> Void {
        get { said.onNote.withLock { $0 } }
        set { said.onNote.withLock { $0 = newValue } }
    }

    /// What the session has reported.
    var notes: [String] { said.notes.withLock { $0 } }

    static let definition = """
        project: p
        stages:
          image: { kind: image, context: site }
          push: { kind: push, needs: image }
          sync: { kind: sync, data: [data] }
          deploy: { kind: deploy, needs: [push, sync] }

        """
    static let environment = """
        kind: beanstalk
        aws: { account: "\(ScriptedAWS.account)", region: us-east-2, bucket: b }
        repository: \(ScriptedAWS.account).dkr.ecr.us-east-2.amazonaws.com/p
        beanstalk: { application: app, environment: app-env }
        data: { root: efs, slots: 3 }
        site: { health: { path: /health, successes: 1, steady_for: 0s, within: 1s } }

        """

    /// - Parameter environment: the text of the environment's file.
    init(_ environment: String = CloudScratch.environment) throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-scripted-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(root)/efs")
        try FileSystem.createDirectories("\(root)/data")
        try FileSystem.createDirectories("\(root)/pipeline")
        try FileSystem.writeAtomically(
            Self.definition.utf8, to: "\(root)/\(Project.definitionPath)")
        try ScriptedAWS.write(to: "\(root)/aws")
        setenv("PATH", "\(root)/aws/bin:/usr/local/bin:/usr/bin:/bin", 1)
        setenv("AWS_CONFIG_FILE", "/dev/null", 1)
        setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1)
        try #require(chdir(root) == 0)
        let project = Project(
            root: root, definition: try DefinitionReader.read(Self.definition, file: "p.yaml"))
        let definition = try EnvironmentReader.read(
            environment, name: "e", file: "e.yaml", transports: Registry.transportSchemas,
            targets: Registry.targetSchemas)
        let said = Said()
        self.said = said
        session = try RunSession(
            project, command: "run deploy", waits: false, toolVersion: "0",
            cancellation: Cancellation()
        ) { event in
            if case .note(let text) = event { said.note(text) }
        }
        context = try RunContext(project, definition, session)
        cloud = try #require(context.cloud)
    }

    deinit {
        // The next one may have been made before this one goes.
        if (try? FileSystem.realPath(".")) == root { _ = chdir("/") }
        try? FileSystem.removeTree(root)
    }

    /// What the scripted `aws` answers from now on.
    func answer(_ operation: String, _ text: String?) throws {
        let path = "\(root)/aws/\(operation)"
        if let text {
            try FileSystem.writeAtomically(text.utf8, to: path)
        } else {
            try FileSystem.remove(path)
        }
    }

    /// The calls so far, as `SERVICE OPERATION`, and of S3 with the key.
    func calls() throws -> [String] {
        guard try FileSystem.status("\(root)/aws/calls") != nil else { return [] }
        return try FileSystem.readText("\(root)/aws/calls").split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return words.prefix(words[0] == "s3api" ? 3 : 2).joined(separator: " ")
        }
    }

    func text(_ path: String) throws -> String { try FileSystem.readText("\(root)/\(path)") }

    func write(_ path: String, _ text: String) throws {
        try FileSystem.createDirectories(PathText.folder("\(root)/\(path)"))
        try FileSystem.writeAtomically(text.utf8, to: "\(root)/\(path)")
    }

    /// What the environment runs, as this command has seen it first; nil for nothing.
    func version() throws -> String? { try cloud.service?.versions().first?.version }

    func hold() throws {
        try cloud.hold(session, reason: "test", options: LeaseOptions())
    }

    /// Another operator takes the lease.
    func loseLease() throws {
        let store = try cloud.store(cancel: nil)
        let version = try store.read()
        var record = version.record
        record.holder = .init(
            name: "bob (away)", identity: "bob", reason: "his", since: 0, until: .max / 2)
        record.lastHolder = "bob (away)"
        try #require(try store.write(record, over: version) != nil)
    }

    /// The data of a release: one file of this text, kept in the store.
    func manifest(_ text: String) throws -> DataManifest {
        try write("data/x", text)
        let entry = DataManifest.Entry(
            path: try RelativePath("data/x"), digest: Digest.of(text), size: Int64(text.utf8.count))
        let manifest = try DataManifest([entry])
        try write("kept", text)
        try context.store.keep("kept", digest: entry.digest)
        try DataRelease(context: context).keep(manifest, session)
        return manifest
    }

    /// Nobody here has the content of this data any more.
    func lose(_ manifest: DataManifest) throws {
        for entry in manifest.entries {
            try FileSystem.remove("\(root)/\(entry.path)")
            try FileSystem.remove(context.store.path(of: entry.digest))
        }
    }

    /// A Beanstalk environment as AWS describes it.
    static func described(_ label: String, at address: String = "none.invalid") -> String {
        """
        {"Environments": [{"EnvironmentName": "app-env", "EnvironmentId": "e-1", "ApplicationName": "app",
          "VersionLabel": "\(label)", "Status": "Ready", "CNAME": "\(address)"}]}
        """
    }

    /// Has a slot hold this data, by its marker and by the operators' record.
    func fill(_ slot: String, with manifest: DataManifest) throws {
        let marker = SlotMarker(
            release: 0, manifest: manifest, generation: 1, project: "p", environment: "e",
            writtenAt: "")
        try write(
            "efs/\(slot)/\(SlotMarker.fileName)",
            String(decoding: try marker.encoded(), as: UTF8.self))
        try cloud.recordSlot(slot, manifest: manifest.digest, generation: 1)
    }

    static let image =
        "\(ScriptedAWS.account).dkr.ecr.us-east-2.amazonaws.com/p@sha256:\(Digest.of("i").hex)"

    func release(
        _ manifest: Digest, image: String = CloudScratch.image, settings: String = "{}"
    ) throws -> ReleaseRecord {
        let number = try session.writer.recordRelease(
            ReleaseContent(
                environment: "e", image: image, code: nil, manifest: manifest, bundle: nil,
                settings: settings), commit: nil, run: session.run, at: .now())
        return try #require(try session.reader.release(id: number))
    }

    /// Puts on record that this clone has pushed an image just now.
    func recordPushed(_ image: String) throws {
        let digest = try #require(
            image.split(separator: ":").last.flatMap { Digest(hex: String($0)) })
        let stage = try #require(project.definition.stages.first { $0.kind == .push })
        _ = try StepRecording(
            session: session, stage: stage, unit: "push/e",
            recipe: ComponentSet([.init("image", image)]), code: .empty
        ).run([.external("for a test")]) {
            StepResult(
                artifacts: [
                    Artifact(kind: .pushedImage, name: image, digest: digest, size: 0)
                ], text: "pushed")
        }
    }

    private var project: Project { session.project }

    /// What is live, as a colleague's clone has it on record.
    func live(
        _ label: String, _ manifest: Digest, _ slot: String, image: String = CloudScratch.image,
        at: Int64 = 0, clone: String? = "bob", commit: String? = nil, settings: String? = "{}"
    ) -> DeployRecord.Live {
        DeployRecord.Live(
            label: label, manifest: manifest.hex, slot: slot, image: image, commit: commit,
            by: "bob", at: at, place: cloud.site.owner.place, clone: clone, settings: settings)
    }
}

/// Reports what is thrown as an issue, which a test in a process of its own hands on.
func reporting(_ body: () throws -> Void) {
    do { try body() } catch { Issue.record(error) }
}
