import Bundles
import Digests
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Slots

/// The bundle of a release for one slot.
struct CloudBundle {
    let context: ShippingContext
    let release: ReleaseRecord
    let slot: String

    struct Made {
        let label: VersionLabel
        /// What the release is; the file differs with what else instances keep.
        let content: Digest
        let written: WrittenBundle
        /// For people: what is odd about the files, though it does not stop them.
        let warnings: [BundleFinding]
    }

    /// Writes the bundle below the environment's folder: again if it is there, since writing is quicker than
    /// trusting.
    func make(retaining images: [String]) throws -> Made {
        let plan = try plan(retaining: images)
        if plan.hasErrors {
            throw ShippingError.badBundle(
                plan.findings.filter { $0.severity == .error }.map(\.description))
        }
        let label = VersionLabel(release: release.number, slot: slot, bundle: plan.contentDigest)
        let folder = "\(context.environmentFolder)/bundles"
        try FileSystem.createDirectories(folder)
        let written = try plan.write(to: context.absolute("\(folder)/\(label.text).zip"))
        return Made(
            label: label, content: plan.contentDigest, written: written, warnings: plan.findings)
    }

    func plan(retaining images: [String] = []) throws -> BundlePlan {
        let folder: String
        if let files = release.code {
            folder = try KeptFolder(context: context).checkOut(files)
        } else {
            folder = context.absolute("\(context.environmentFolder)/files/none")
            try FileSystem.createDirectories(folder)
        }
        return try Bundle.plan(try settings(images), folder: folder)
    }

    private func settings(_ images: [String]) throws -> BundleSettings {
        let run = try RunSettings(parsing: release.settings)
        guard let manifest = try context.storedManifest(release.manifest) else {
            throw ShippingError.contentLost(path: "manifest \(release.manifest.short)")
        }
        var variables = run.environment
        variables["PORT"] = String(run.containerPort)
        var settings = BundleSettings(
            image: release.image ?? "", containerPort: run.containerPort,
            hostFolder: "\(run.instanceRoot ?? "/efs")/\(slot)", dataFolder: run.mountFrom,
            containerFolder: run.mountTo, variables: variables, release: Int(release.number),
            manifest: release.manifest,
            files: manifest.entries.map { .init(path: $0.path.text, digest: $0.digest) },
            retainedImages: images)
        settings.otherFolders = (run.otherMounts ?? []).map {
            .init(data: $0.from, container: $0.to)
        }
        return settings
    }
}
