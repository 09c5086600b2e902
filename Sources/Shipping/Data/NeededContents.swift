import Digests
package import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Slots

/// The contents of the store that something needs. Changes nothing: damaged objects stay where they are.
struct NeededContents {
    private let project: Project
    private let ledger: LedgerReader?
    private let skipsLost: Bool
    private let store = Store(root: Project.storePath)

    init(_ project: Project, ledger: LedgerReader?, skipsLost: Bool) {
        self.project = project
        self.ledger = ledger
        self.skipsLost = skipsLost
    }

    /// Whether the ledger remembers anything at all. One that does not is new, and says nothing of what an older one
    /// had kept.
    func knowsAnything(_ survey: Survey) throws -> Bool {
        try !survey.memory.isEmpty || !environments.isEmpty
    }

    private var environments: [String] {
        get throws { try ledger?.environmentsWithReleases() ?? [] }  // no ledger: no release
    }

    /// - Throws: `GarbageCollectionError` where a list is lost or damaged, `PosixError` where it cannot be read.
    func find(_ survey: Survey, releases count: Int) throws -> Set<Digest> {
        var needed: Set<Digest> = []
        let names = Set(survey.graph.units.map(\.name))
        for (name, memory) in survey.memory {
            // While an axis has not been asked, its units are unknown, not gone.
            let isUnknown = survey.unknownAxes[String(name.prefix { $0 != "/" })]?.isEmpty == false
            guard names.contains(name) || isUnknown, let success = memory.success else { continue }
            needed.formUnion(success.outputs.map(\.digest))
        }
        // Also those that are not described just now: the file may be on another branch.
        for name in Set(try environments).union(try project.environmentNames()) {
            guard let ledger else { continue }
            for slot in try ledger.slots(environment: name) {
                if let manifest = slot.manifest { needed.insert(manifest) }
            }
            for release in try retained(ledger, name, count) {
                needed.formUnion(try contents(of: release, ledger))
            }
        }
        return needed
    }

    /// The newest, what is live or was before, and what was being deployed.
    private func retained(
        _ ledger: LedgerReader, _ environment: String, _ count: Int
    ) throws -> [ReleaseRecord] {
        let history = try ledger.timeline(environment: environment)
        var ids = Set([history.live?.releaseID, history.fallback?.releaseID].compactMap { $0 })
        for entry in history.entries {
            if case .open = entry.state { ids.insert(entry.deployment.releaseID) }
        }
        let all = try ledger.releases(environment: environment)
        return all.prefix(count) + all.dropFirst(count).filter { ids.contains($0.id) }
    }

    private func contents(of release: ReleaseRecord, _ ledger: LedgerReader) throws -> Set<Digest> {
        var needed: Set<Digest> = [release.manifest]
        // One that was never kept here is of a release that another operator made.
        let wasKept = try !release.isOthers && ledger.manifestSize(release.manifest) != nil
        if let text = try list(release.manifest, "data", release, wasKept: wasKept) {
            needed.formUnion(try parsed(text, release.manifest, release))
        }
        if let code = release.code,
            let text = try list(code, "code", release, wasKept: !release.isOthers)
        {
            needed.insert(code)
            needed.formUnion(try CodeTree.digests(inListing: text))
        }
        return needed
    }

    private func parsed(
        _ text: String, _ digest: Digest, _ release: ReleaseRecord
    ) throws -> [Digest] {
        do { return try DataManifest(parsing: text).entries.map(\.digest) } catch {
            throw GarbageCollectionError.listDamaged(
                release: release.number, environment: release.environment, what: "data",
                path: store.path(of: digest))
        }
    }

    /// The text of a list; nil where it may be missing and is.
    private func list(
        _ digest: Digest, _ what: String, _ release: ReleaseRecord, wasKept: Bool
    ) throws -> String? {
        let path = store.path(of: digest)
        guard try FileSystem.status(path) != nil else {
            if !wasKept || skipsLost { return nil }
            throw GarbageCollectionError.listLost(
                release: release.number, environment: release.environment, what: what, path: path)
        }
        let bytes = try FileSystem.read(path)
        guard Digest.of(bytes) == digest, let text = String(validating: bytes, as: UTF8.self) else {
            if skipsLost { return nil }
            throw GarbageCollectionError.listDamaged(
                release: release.number, environment: release.environment, what: what, path: path)
        }
        return text
    }
}

/// Why nothing is removed.
package enum GarbageCollectionError: Explained, Hashable {
    /// `what` is `data` or `code`.
    case listLost(release: Int64, environment: String, what: String, path: String)
    case listDamaged(release: Int64, environment: String, what: String, path: String)
    case nothingKnown(objects: Int)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .listLost(let release, let environment, let what, let path):
            Failure(
                "gc-list-lost",
                "the list of the \(what) of release \(release) (\(environment)) is not in the store; "
                    + "nothing was removed",
                cause: "there is no \"\(path)\", so what the release needs is not known",
                next: "bring the file back from a copy; to give up what only this release needs",
                run: .again(adding: "--skip-lost"))
        case .listDamaged(let release, let environment, let what, let path):
            Failure(
                "gc-list-damaged",
                "the list of the \(what) of release \(release) (\(environment)) is damaged; "
                    + "nothing was removed",
                cause:
                    "\"\(path)\" does not hold what its name says, so what the release needs is not known",
                next: "bring the file back from a copy; to give up what only this release needs",
                run: .again(adding: "--skip-lost"))
        case .nothingKnown(let objects):
            Failure(
                "gc-nothing-known",
                "the ledger knows no result and no release, and the store holds \(objects) objects; "
                    + "nothing was removed",
                cause: "the ledger is new, and another one kept these",
                next:
                    "bring \(Project.ledgerPath) back from a copy, or remove \(Project.storePath) by hand"
            )
        }
    }
}
