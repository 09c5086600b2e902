import DeployTargets
import Digests
package import Docker
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import PipelinePlanning
package import PipelineStore
import Posix
package import Processes
import Slots

/// What all shipping steps of one command look at: each thing once, and nothing is changed. What changes something takes a
/// `RunContext`, which only a run can make.
package class ShippingContext {
    package let project: Project
    package let environment: EnvironmentDefinition
    package let ledger: LedgerReader?
    package let facts: FileFacts
    package let engine = DockerEngine()
    package let store = Store(root: Project.storePath)
    let places: SlotAccess
    /// AWS, for environments that live there.
    package let cloud: Cloud?
    /// Ends what is asked before a step; steps take the session's own.
    let cancel: Cancellation?
    /// Whether a person has confirmed that the place becomes this environment's, whatever it holds.
    let adopts: Bool
    private var manifests: [Digest: DataManifest] = [:]
    private var memories: [String: UnitMemory]?
    /// What the registry has confirmed in this command.
    var confirmedImage: Artifact?
    /// What a person should know about image and data though nothing is wrong with it.
    private(set) var remarks: [String] = []
    /// What was kept out of the code of an image or a preview, as a remark.
    var withheldRemark: String?

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, ledger: LedgerReader?,
        cloud: Cloud? = nil, cancel: Cancellation? = nil, adopts: Bool = false
    ) throws {
        self.adopts = adopts
        self.cloud = try cloud ?? Cloud(project, environment)
        self.cancel = cancel
        if let cancel { self.cloud?.stopping = cancel }
        self.project = project
        self.environment = environment
        self.ledger = ledger
        places = SlotAccess(project, environment, self.cloud, cancel: cancel)
        facts = FileFacts(recorded: try ledger?.fileDigests() ?? [:])
    }

    /// What the ledger remembers of a step.
    func memory(_ unit: String) throws -> UnitMemory? {
        if let memories { return memories[unit] }
        let all = try ledger?.unitMemories() ?? [:]
        memories = all
        return all[unit]
    }

    func remark(_ text: String) {
        if !remarks.contains(text) { remarks.append(text) }
    }

    /// A data manifest of an earlier release; nil where the store has it no more, or damaged. It may be long, and is
    /// read once in a command.
    ///
    /// - Throws: where it is there and cannot be read.
    func storedManifest(_ digest: Digest) throws -> DataManifest? {
        if let known = manifests[digest] { return known }
        guard let path = try content(digest) else { return nil }
        let manifest = try DataManifest(parsing: try FileSystem.readText(path))
        manifests[digest] = manifest
        return manifest
    }

    /// Where the store has a content, whole; nil where it has none, or a damaged one, which stays there.
    func content(_ digest: Digest) throws -> String? { try store.sound(digest) }

    /// What lies in a slot that is not believed, so that a plan names what is deleted there; nil where looking costs.
    func listing(of slot: String) throws -> SlotContent? {
        guard !places.usesRecordedState else { return nil }
        return try places.route(slot).list(
            expecting: ListingHint(), isInterrupted: { false }
        ).content
    }

    func digest(_ path: String) throws -> Digest {
        switch facts.fact(path) {
        case .content(let digest): return digest
        case .absent: throw ShippingError.contentLost(path: path)
        case .unknown(let failure): throw failure
        }
    }

    func storedSet(_ digest: Digest) -> ComponentSet? {
        if digest == ComponentSet.empty.digest { return .empty }
        return (try? ledger?.componentSet(digest)) ?? nil  // try?: only to tell reasons
    }

    /// The image stage of the definition: what the site's code is.
    func imageStage() throws -> (stage: Stage, image: ImageStage) {
        for stage in project.definition.stages {
            if case .image(let image) = stage.content { return (stage, image) }
        }
        throw ShippingError.noImageStage
    }

    /// The image stage that a push stage names, else one that it needs, else the only kind there is.
    func imageStage(pushedBy push: Stage) throws -> (stage: Stage, image: ImageStage) {
        guard case .push(let settings) = push.content else { return try imageStage() }
        let wanted = settings.image.map { [$0] } ?? push.needs
        for stage in project.definition.stages where wanted.contains(stage.name) {
            if case .image(let image) = stage.content { return (stage, image) }
        }
        return try imageStage()
    }

    /// What cannot be looked at counts as a folder: the one who uses it opens it, and fails there.
    func isFolder(_ path: String) -> Bool {
        do { return try FileSystem.status(path)?.kind == .directory } catch { return true }
    }

    /// What the environment's kind says about itself.
    var target: DeployTargetProvider { Registry.target(environment) }

    /// The unit under which a step of this environment is recorded.
    func unit(_ stage: Stage) -> String { "\(stage.name)/\(environment.name)" }
}
