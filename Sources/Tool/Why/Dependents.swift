import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineShipping

/// What depends on a file: units and outputs of the definition as it is, and what releases hold that was made from it.
struct Dependents {
    let path: String
    /// Its content now; nil where it is not there.
    let digest: Digest?
    /// The unit that makes it, if one does.
    let maker: String?
    /// Units that read the file itself, or have loaded it as code.
    let direct: [String]
    /// Units that read what those make, and so on.
    let indirect: [String]
    /// What all of these make.
    let outputs: [String]
    /// The stages whose image is built from it.
    let images: [String]
    /// Newest first.
    let releases: [Holding]

    /// What a release has of it.
    struct Holding: Hashable {
        let release: Int64
        let environment: String
        let state: State
        /// Data files that were made from it.
        let files: [String]
        /// Whether the file itself is among the data.
        let isData: Bool
        /// Whether the code that the release runs, by image or as a preview, holds the file.
        let isCode: Bool
        /// The contents of the file that all this was made from; hexadecimal.
        let contents: Set<String>
    }

    enum State: String {
        case live
        case wasLive = "was-live"
        case never = "never-live"
    }

    var isEmpty: Bool {
        direct.isEmpty && indirect.isEmpty && images.isEmpty && releases.isEmpty
    }
}

extension Dependents {
    init(
        _ path: String, survey: Survey, ledger: LedgerReader?, contents: ReleaseContents
    ) throws {
        self.path = path
        if case .content(let digest) = survey.facts.fact(path) {
            self.digest = digest
        } else {
            digest = nil
        }
        let graph = survey.graph
        maker = graph.units.first { $0.outputs.contains(path) }?.name
        let direct = try Self.readers(of: path, survey, ledger)
        var reached = direct
        var queue = Array(direct)
        while let index = queue.popLast() {
            for consumer in graph.consumers[index] where reached.insert(consumer).inserted {
                queue.append(consumer)
            }
        }
        let order = graph.order.filter(reached.contains)
        self.direct = order.filter(direct.contains).map { graph.units[$0].name }
        indirect = order.filter { !direct.contains($0) }.map { graph.units[$0].name }
        outputs = order.flatMap { graph.units[$0].outputs }
        images = try Self.images(path, survey.project.definition, ledger)
        releases =
            try ledger.map { try DependentReleases($0, origin: path, contents).holdings() } ?? []
    }

    private static func readers(
        of path: String, _ survey: Survey, _ ledger: LedgerReader?
    ) throws -> Set<Int> {
        var known: [Digest: Bool] = [:]
        func names(_ digest: Digest) throws -> Bool {
            if let known = known[digest] { return known }
            let answer = try ledger?.componentSet(digest)?[path] != nil
            known[digest] = answer
            return answer
        }
        var readers: Set<Int> = []
        for (index, unit) in survey.graph.units.enumerated() {
            if unit.inputs.contains(path) || unit.declaredCode.contains(path) {
                readers.insert(index)
            } else if let success = survey.memory[unit.name]?.success,
                try names(success.code) || names(success.reads)
            {
                readers.insert(index)
            }
        }
        return readers
    }

    /// Image stages that were last built from the file.
    private static func images(
        _ path: String, _ definition: Definition, _ ledger: LedgerReader?
    ) throws -> [String] {
        try definition.stages.compactMap { stage in
            guard case .image(let image) = stage.content, let ledger,
                let attempt = try ledger.newestAttempts(stage: stage.name).first,
                let made = try ledger.components(attempt: attempt.id)
            else { return nil }
            let folder = image.context == "." ? "" : image.context + "/"
            guard path.hasPrefix(folder) else { return nil }
            return made.code[String(path.dropFirst(folder.count))] == nil ? nil : stage.name
        }
    }
}
