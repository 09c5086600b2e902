import AWS
import Digests
import Docker
package import Failures
import LeakScanning
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes
import Slots

/// The leak gate before a push: nothing that is a credential or belongs to a data release may reach a registry
/// that everybody can read, neither in what the image is built from nor in any of its layers.
struct LeakCheck {
    let context: ShippingContext
    let stage: Stage
    let push: PushStage

    /// Whether pushes to a repository pass the gate.
    func applies(to reference: ImageReference) -> Bool {
        switch push.scan {
        case .always: true
        case .never: false
        case .public: isPublic(reference)
        }
    }

    private func isPublic(_ reference: ImageReference) -> Bool {
        if RegistryAccess(context: context).kind(of: reference) == .public { return true }
        return Self.publicHosts.contains(reference.host)
    }

    /// Registries whose repositories are public unless somebody has seen to it that they are not.
    private static let publicHosts: Set = [
        "docker.io", "index.docker.io", "registry-1.docker.io", "ghcr.io", "quay.io", "gcr.io",
    ]

    /// - Parameter image: the image's id on this machine.
    /// - Throws: `LeaksFound` with all that was found; `LeakError`.
    func pass(_ image: String, _ session: RunSession) throws {
        let allowances = try push.allowed.map { text in
            guard let allowance = LeakAllowance(text) else { throw LeaksFound.badAllowance(text) }
            return allowance
        }
        try FileSystem.createDirectories(context.environmentFolder)
        let data = try releasedData(session)
        let (imageStage, source) = try context.imageStage(pushedBy: stage)
        let build = try context.buildContext(of: source)
        let base = try baseLayers(of: image, imageStage, source, session)
        let other = push.scanner.flatMap(ExternalScanner.init)
        let passes = LeakPasses(folder: context.environmentFolder)
        let key = LeakPasses.key(
            image: image, data: data, build: build.digest, allowed: push.allowed, baseLayers: base,
            scanner: try other.map {
                "\($0.rawValue) \(try $0.version(cancel: session.cancellation))"
            })
        if passes.has(key) {
            session.emit(.note("nothing leaks: this image was looked at before, by the same rules"))
            return
        }
        var scanner = LeakScanner(
            dataDigests: data, baseLayers: base, cancel: session.cancellation)
        if other != nil {
            scanner.folder = try ScannerFolder(
                FileSystem.temporaryPath(
                    beside: context.absolute("\(context.environmentFolder)/leaks"))
            )
        }
        var report = LeakReport()
        let files = build.entries.filter { if case .file = $0.content { true } else { false } }
        try scanner.scan(
            files: files.map(\.path), in: source.context, scratch: context.environmentFolder,
            &report)
        try scanner.scan(
            image: context.engine.saving(image), scratch: context.environmentFolder, &report)
        if let other, let folder = scanner.folder {
            report.findings += try other.findings(in: folder.path, cancel: session.cancellation)
        }
        let open = report.findings.filter { finding in
            !allowances.contains { $0.covers(finding) }
        }
        for allowance in allowances
        where !report.findings.contains(where: { allowance.covers($0) }) {
            session.emit(.note("nothing is covered by \"allow: \(allowance.text)\" any more"))
        }
        guard open.isEmpty else { throw LeaksFound.leaks(open.map(\.description)) }
        try passes.keep(key)
        let below = report.baseLayers > 0 ? " (\(report.baseLayers) of the base image)" : ""
        session.emit(
            .note(
                "nothing leaks: looked at \(report.files) files and \(report.layers) layers\(below), "
                    + "\(report.bytes / 1_000_000) MB"))
    }

    /// How many layers are those of the image that the Dockerfile builds on; nil where that cannot be determined, and
    /// then all are looked at as this build's.
    private func baseLayers(
        of image: String, _ stage: Stage, _ source: ImageStage, _ session: RunSession
    ) throws -> Int? {
        let step = ImageStep(context: context, stage: stage, image: source)
        let text = try FileSystem.read("\(source.context)/\(source.dockerfile)")
        guard
            let base = BaseImage.name(
                String(decoding: text, as: UTF8.self), arguments: step.arguments)
        else { return nil }
        return try context.engine.layers(of: image, from: base, cancel: session.cancellation)
    }

    /// The content of every data release that is on record here, and of what would be the next.
    ///
    /// - Throws: `LeakError.dataUnknown` where one of the lists cannot be made: what is not on it could not
    ///   be found in the image.
    func releasedData(_ session: RunSession) throws -> Set<Digest> {
        var digests: Set<Digest> = []
        var collected = 0
        let releases = try context.ledger?.releases(environment: context.environment.name) ?? []
        // Other clones' lists are in the archive alone.
        var lists: [Digest: Int64] = [:]
        for release in releases
        where try release.isOthers && !context.store.contains(release.manifest) {
            lists[release.manifest] = 0
        }
        if !lists.isEmpty { context.archive?.fetch(lists, note: session.emit) }
        for release in releases {
            // `gc` collects what old releases were made of; a list that is there must be readable.
            guard try FileSystem.status(context.store.path(of: release.manifest)) != nil else {
                collected += 1
                continue
            }
            do {
                let manifest = try DataRelease(context: context).stored(release.manifest)
                for entry in manifest.entries where entry.size > 0 { digests.insert(entry.digest) }
            } catch {
                throw LeakError.dataUnknown("release \(release.number)", "\(error)")
            }
        }
        if collected > 0 {
            session.emit(
                .note(
                    "the files of \(collected) old releases are no longer on record (gc), and are not looked for"
                ))
        }
        for stage in context.project.definition.stages {
            guard case .sync(let sync) = stage.content else { continue }
            do {
                let survey = try Survey.looking(context.project, ledger: context.ledger)
                let manifest = try DataRelease(context: context).current(
                    sync, of: stage.name, stale: survey.staleFiles, made: [:])
                for entry in manifest.entries where entry.size > 0 { digests.insert(entry.digest) }
            } catch ShippingError.emptyData {
                // Nothing would be sent: it was listed, and none of it is data of a release.
            } catch {
                throw LeakError.dataUnknown("stage \"\(stage.name)\"", "\(error)")
            }
        }
        return digests
    }
}

/// Why an image is not published.
package enum LeaksFound: Explained {
    case leaks([String])
    case badAllowance(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .leaks(let findings):
            Failure(
                "leaks-found", "the image holds what must not be public; nothing was pushed:",
                said: findings,
                next:
                    "keep it out by .dockerignore, or take it out of the step that adds it (deleting it in a "
                    + "later step leaves it in its layer); what is meant to be public goes into the push "
                    + "stage: \"allow: RULE PATH\"", run: .again)
        case .badAllowance(let text):
            Failure(
                "bad-allowance", "\"allow: \(text)\" is no rule and path",
                next:
                    "write for example \"data-file app/demo/*.pkl\"; the rules are in docs/guide/leak-gate.md"
            )
        }
    }
}
