import AWS
import Beanstalk
import Bundles
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Processes

/// An Elastic Beanstalk environment: a version of the application joins image and slot, so that going to
/// that version later, by this tool, by Beanstalk's own pages or by a replaced instance, brings the same site.
final class BeanstalkHost: CloudHost {
    private let context: ShippingContext
    private let session: RunSession
    private let cloud: Cloud
    private let place: BeanstalkConfig
    private let site: BeanstalkSite
    private var before: String?
    private var made: (release: ReleaseRecord, bundle: CloudBundle.Made)?
    /// The version to run.
    private var wanted: VersionLabel?

    /// nil where the environment is of another kind.
    init?(_ context: ShippingContext, _ session: RunSession, _ cloud: Cloud, stage: String) {
        let journal = LedgerJournal(context, session)
        guard let place = context.environment.beanstalk,
            var site = cloud.beanstalk(journal: journal, cancel: session.cancellation)
        else { return nil }
        site.onEvent = { event in
            let severity = event.severity.map { $0 == "INFO" ? "" : "\($0): " } ?? ""
            session.emit(.output(stage: stage, line: severity + event.message))
        }
        site.onNote = { session.emit(.note($0)) }
        self.context = context
        self.session = session
        self.cloud = cloud
        self.place = place
        self.site = site
    }

    func confirm(_ release: ReleaseRecord) throws {
        if let files = release.code { try KeptFolder(context: context).confirm(files) }
    }

    func confirm(existing label: VersionLabel) throws {
        guard try site.holds(label.text) else {
            throw CloudError.versionGone(label.text, "Beanstalk has no such version any more")
        }
    }

    func awaitReady() throws -> String? {
        before = try site.awaitReady().versionLabel
        return before
    }

    func prepare(
        _ release: ReleaseRecord, slot: String, existing: VersionLabel?
    ) throws -> VersionLabel {
        if let existing {
            wanted = existing
            return existing
        }
        let bundle = try CloudBundle(context: context, release: release, slot: slot)
            .make(retaining: try retainedImages(release))
        for warning in bundle.warnings { session.emit(.note(warning.text)) }
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
                bucket: try cloud.bucket(), prefix: cloud.site.prefix,
                firstPrefix: cloud.site.sharedPrefix))
    }

    func run() throws -> String? {
        guard let wanted else { return nil }
        return try context.address(of: try site.update(to: wanted.text))
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
        guard place.fallsBack else { return .other("\(runs): \"fall_back\" is off") }
        session.emit(.note("going back to version \(before)"))
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
        guard place.fallsBack else { return .other("\(runs); \"fall_back\" is off") }
        session.emit(.note("not all instances run version \(before); deploying it again"))
        _ = try site.update(to: before)
        return .before(before)
    }

    func running() throws -> String { Self.runs(try site.look().versionLabel) }

    private static func runs(_ label: String?) -> String {
        label.map { "it runs version \($0)" } ?? "it runs no version of this tool's"
    }

    func prune() {
        CloudPruning(context: context, session: session, cloud: cloud, site: site).prune()
    }

    /// Images that the instances need not pull again to go back.
    private func retainedImages(_ release: ReleaseRecord) throws -> [String] {
        let history = try context.timeline()
        let numbers = [history.live?.release, history.fallback?.release].compactMap { $0 }
        let images = try numbers.compactMap { try session.reader.release($0)?.image }
        return Array(Set(images).subtracting([release.image ?? ""])).sorted()
    }
}
