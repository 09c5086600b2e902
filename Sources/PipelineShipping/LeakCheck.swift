import AWS
import Digests
import Docker
package import Failures
import Leaks
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
        let scanner = LeakScanner(
            dataDigests: try releasedData(session), cancel: session.cancellation)
        var report = LeakReport()
        let source = try context.imageStage(pushedBy: stage).image
        let build = try BuildContext.read(
            root: source.context, dockerfile: source.dockerfile, digest: context.digest)
        let files = build.entries.filter { if case .file = $0.content { true } else { false } }
        try scanner.scan(files: files.map(\.path), in: source.context, &report)
        try FileSystem.createDirectories(context.environmentFolder)
        try scanner.scan(
            image: context.engine.saving(image), scratch: context.environmentFolder, &report)
        let open = report.findings.filter { finding in
            !allowances.contains { $0.covers(finding) }
        }
        for allowance in allowances
        where !report.findings.contains(where: { allowance.covers($0) }) {
            session.emit(.note("nothing is covered by \"allow: \(allowance.text)\" any more"))
        }
        guard open.isEmpty else { throw LeaksFound.leaks(open.map(\.description)) }
        session.emit(
            .note(
                "nothing leaks: looked at \(report.files) files and \(report.layers) layers, "
                    + "\(report.bytes / 1_000_000) MB"))
    }

    /// The content of every data release that is on record here, and of what would be the next.
    ///
    /// - Throws: `LeakError.dataUnknown` where one of the lists cannot be made: what is not on it could not
    ///   be found in the image.
    private func releasedData(_ session: RunSession) throws -> Set<Digest> {
        var digests: Set<Digest> = []
        var collected = 0
        for release in try context.ledger?.releases(environment: context.environment.name) ?? [] {
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
                    sync, of: stage.name, stale: Set(survey.stale.map(\.path)), made: [:])
                for entry in manifest.entries where entry.size > 0 { digests.insert(entry.digest) }
            } catch ShippingError.emptyData(_, let leftOut) where leftOut == 0 {
                // There is no data yet, so none of it is in the image.
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
