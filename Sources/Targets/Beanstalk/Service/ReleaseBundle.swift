import Bundles
import DeployTargets
import Digests
import Posix
import Slots

/// The bundle of a release for one slot.
struct ReleaseBundle {
    /// Of the environment on this machine, absolute.
    let folder: String
    let records: any ServiceRecords
    let release: ServiceRelease
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
            throw BeanstalkError.badBundle(
                plan.findings.filter { $0.severity == .error }.map(\.description))
        }
        let label = VersionLabel(release: release.number, slot: slot, bundle: plan.contentDigest)
        try FileSystem.createDirectories("\(folder)/bundles")
        let written = try plan.write(to: "\(folder)/bundles/\(label.text).zip")
        return Made(
            label: label, content: plan.contentDigest, written: written, warnings: plan.findings)
    }

    private func plan(retaining images: [String]) throws -> BundlePlan {
        let files: String
        if let kept = release.code {
            files = try records.checkOut(kept)
        } else {
            files = "\(folder)/files/none"
            try FileSystem.createDirectories(files)
        }
        return try Bundle.plan(try settings(images), folder: files)
    }

    private func settings(_ images: [String]) throws -> BundleSettings {
        let run = try RunSettings(parsing: release.settings)
        let manifest = try records.manifest(release.manifest)
        var variables = run.environment
        variables["PORT"] = String(run.containerPort)
        var settings = BundleSettings(
            image: release.image, containerPort: run.containerPort,
            hostFolder: "\(run.instanceRoot)/\(slot)", dataFolder: run.mountFrom,
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
