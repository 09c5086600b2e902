import Digests
import PipelineLedger
import PipelinePlanning
import PipelineShipping

/// Finds what releases hold that was made from a file, in whatever content that was.
struct DependentReleases {
    private let ledger: LedgerReader
    private let origin: String
    private let contents: ReleaseContents
    private var descent: Lineage
    /// Pushed images that hold the file, by digest: from which content.
    private var images: [String: String] = [:]

    init(_ ledger: LedgerReader, origin: String, _ contents: ReleaseContents) throws {
        self.ledger = ledger
        self.origin = origin
        self.contents = contents
        descent = Lineage(from: origin)
        try follow()
    }

    private mutating func follow() throws {
        var known: [Digest: ComponentSet] = [ComponentSet.empty.digest: .empty]
        func set(_ digest: Digest) throws -> ComponentSet {
            if let set = known[digest] { return set }
            let set = try ledger.componentSet(digest) ?? .empty
            known[digest] = set
            return set
        }
        let files = try ledger.artifacts(.file)
        let built = try ledger.artifacts(.image)
        let pushed = try ledger.artifacts(.pushedImage)
        var builtFrom: [String: String] = [:]
        for made in try ledger.allMade() {
            if let images = built[made.attempt] {
                let folder = try set(made.recipe)["context"] ?? "."
                guard let name = Self.name(origin, in: folder),
                    let value = try set(made.code)[name]
                else { continue }
                // A file stands there with its mode and its digest.
                let digest = value.split(separator: " ").last.map(String.init) ?? value
                for image in images { builtFrom[image.digest.hex] = digest }
            } else if let images = pushed[made.attempt] {
                guard let image = try set(made.recipe)["image"], let digest = builtFrom[image]
                else { continue }
                for image in images { self.images[image.digest.hex] = digest }
            } else if let outputs = files[made.attempt] {
                descent.add(
                    unit: made.unit, inputs: try set(made.inputs), reads: try set(made.reads),
                    code: try set(made.code),
                    outputs: outputs.map { .init(path: $0.name, digest: $0.digest.hex) })
            }
        }
    }

    private static func name(_ path: String, in folder: String) -> String? {
        if folder == "." { return path }
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : nil
    }

    /// Newest first.
    func holdings() throws -> [Dependents.Holding] {
        try ledger.environmentsWithReleases().flatMap { environment in
            let timeline = try ledger.timeline(environment: environment)
            return try ledger.releases(environment: environment).compactMap { release in
                let wasLive = timeline.entries.contains {
                    $0.deployment.releaseID == release.id && $0.deployment.outcome == "live"
                }
                let state: Dependents.State =
                    timeline.live?.releaseID == release.id
                    ? .live : (wasLive ? .wasLive : .never)
                return try holding(release, state)
            }
        }.sorted { $0.release > $1.release }
    }

    private func holding(
        _ release: ReleaseRecord, _ state: Dependents.State
    ) throws -> Dependents.Holding? {
        var (files, found, isData, isCode) = ([String](), Set<String>(), false, false)
        for file in try contents.data(release) ?? [] {
            if file.path == origin {
                isData = true
                found.insert(file.digest.hex)
            }
            let content = Lineage.Content(path: file.path, digest: file.digest.hex)
            if let sources = descent.made[content] {
                files.append(file.path)
                found.formUnion(sources)
            }
        }
        if let digest = release.image.flatMap(ShortDigest.wholeOfImage).flatMap({ images[$0] }) {
            isCode = true
            found.insert(digest)
        }
        if let file = try contents.code(release)?.first(where: { $0.path == origin }) {
            isCode = true
            found.insert(file.digest.hex)
        }
        guard !files.isEmpty || isData || isCode else { return nil }
        return Dependents.Holding(
            release: release.number, environment: release.environment, state: state, files: files,
            isData: isData, isCode: isCode, contents: found)
    }
}
