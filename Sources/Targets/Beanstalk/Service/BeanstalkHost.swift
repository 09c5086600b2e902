import AWS
import Bundles
import DeployTargets
import Digests
import Failures
import PipelineModel

/// An Elastic Beanstalk environment: a version of the application joins image and slot, so that going to
/// that version later, by this tool, by Beanstalk's own pages or by a replaced instance, brings the same site.
final class BeanstalkHost: ServiceHost {
    private let target: BeanstalkTarget
    /// For bundles, absolute.
    private let folder: String
    private let config: BeanstalkConfig
    private let site: BeanstalkSite
    private let session: ServiceRun
    private var before: String?
    private var made: (release: ServiceRelease, bundle: ReleaseBundle.Made)?
    /// The version to run.
    private var wanted: VersionLabel?

    init(
        _ target: BeanstalkTarget, folder: String, _ config: BeanstalkConfig, _ site: BeanstalkSite,
        _ run: ServiceRun
    ) {
        self.target = target
        self.folder = folder
        self.config = config
        self.site = site
        session = run
    }

    func confirm(_ release: ServiceRelease) throws {
        if let files = release.code { try session.records.confirm(files) }
    }

    func confirm(existing label: VersionLabel) throws {
        guard try site.holds(label.text) else {
            throw Failure.versionGone(label.text, "Beanstalk has no such version any more")
        }
    }

    func awaitReady() throws -> String? {
        before = try site.awaitReady().versionLabel
        return before
    }

    func prepare(
        _ release: ServiceRelease, slot: String, existing: VersionLabel?
    ) throws -> VersionLabel {
        if let existing {
            wanted = existing
            return existing
        }
        let bundle = try ReleaseBundle(
            folder: folder, records: session.records, release: release, slot: slot
        )
        .make(retaining: try retainedImages(release))
        for warning in bundle.warnings { session.note(warning.text) }
        made = (release, bundle)
        wanted = bundle.label
        return bundle.label
    }

    func provide() throws {
        guard let (release, bundle) = made else { return }
        try site.provide(
            WantedVersion(
                label: bundle.label.text,
                description: "pipeline: release \(release.number), data \(release.manifest.short)",
                file: bundle.written.path, digest: bundle.written.digest,
                content: bundle.content,
                bucket: try session.records.bucket(), prefix: session.records.prefix,
                firstPrefix: session.records.sharedPrefix))
    }

    func run() throws -> String? {
        guard let wanted else { return nil }
        return try target.address(of: try site.update(to: wanted.text))
    }

    /// Once, and only where the environment runs what this run has left: what it runs otherwise is somebody else's.
    func goBack() throws -> Aftermath {
        let now = try site.awaitReady().versionLabel
        let runs = Self.runs(now)
        guard let before else { return .other("\(runs); nothing of this tool's ran before") }
        if now == before { return try goBackEverywhere(before) }
        guard let wanted, now == wanted.text else {
            return .other("\(runs), which this run neither left nor found there, and which stays")
        }
        guard config.fallsBack else { return .other("\(runs): \"fall_back\" is off") }
        session.note("going back to version \(before)")
        _ = try site.update(to: before)
        return .before(before)
    }

    /// An update that Beanstalk took back may have left a part of the fleet on the version that failed.
    private func goBackEverywhere(_ before: String) throws -> Aftermath {
        let strays = try site.strays(from: before)
        if strays.isEmpty { return .before(before) }
        let runs =
            "\(Self.runs(before)), but not on all instances: "
            + strays.map(\.description).joined(separator: "; ")
        guard strays.allSatisfy({ $0.label == before || $0.label == wanted?.text }) else {
            return .other("\(runs). This run did not deploy all of these, and they stay")
        }
        guard config.fallsBack else { return .other("\(runs); \"fall_back\" is off") }
        session.note("not all instances run version \(before); deploying it again")
        _ = try site.update(to: before)
        return .before(before)
    }

    func running() throws -> String { Self.runs(try site.look().versionLabel) }

    private static func runs(_ label: String?) -> String {
        label.map { "it runs version \($0)" } ?? "it runs no version of this tool's"
    }

    func prune() {
        VersionPruning(config: config, site: site, run: session).prune()
    }

    /// Images that the instances need not pull again to go back.
    private func retainedImages(_ release: ServiceRelease) throws -> [String] {
        Array(Set(try session.records.imagesToGoBackTo()).subtracting([release.image])).sorted()
    }

    func restart() throws {
        _ = try site.awaitReady()
        try site.journal.record("restart", site.environment) {
            let call = AWSCall.restart(environment: site.environment)
            do throws(AWSError) {
                _ = try site.client.run(call)
            } catch {
                // Restarting twice does no harm, and once may have been done.
                guard case .answerLost = error else { throw error }
                try site.journal.confirm()
                _ = try site.client.run(call)
            }
        }
        _ = try site.awaitReady()
    }
}
