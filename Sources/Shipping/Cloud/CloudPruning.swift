import AWS
import Beanstalk
import DeployLocking
import PipelineEngine
import PipelineLedger
import PipelineModel
import Processes

/// Takes away application versions that are more than are to be kept, so that the account's quota is never
/// met. Only those that this tool has made, and none that is needed.
struct CloudPruning {
    let context: ShippingContext
    let session: RunSession
    let cloud: Cloud
    let site: BeanstalkSite

    /// What fails here fails again with the next deployment and does no harm to this one.
    func prune() {
        do { try tryToPrune() } catch {
            session.emit(.note("old application versions were not removed: \(error)"))
        }
    }

    private func tryToPrune() throws {
        guard let place = context.environment.beanstalk else { return }
        let all = try cloud.client.versions(
            application: place.application, cancel: session.cancellation)
        let record = try cloud.record()
        let running = try site.look().versionLabel
        let needed = Set([running, record.live?.label, record.previous?.label].compactMap { $0 })
        let deployments = try session.reader.deployments(environment: context.environment.name)
        let superfluous = VersionSurplus.labels(
            all, needed: needed, keep: place.versions, prefix: cloud.site.prefix,
            firstPrefix: cloud.site.sharedPrefix, made: Set(deployments.compactMap(\.version)))
        for label in superfluous where !session.cancellation.isCancelled {
            _ = try site.journal.record("delete-version", label) {
                try cloud.client.run(
                    .deleteVersion(application: place.application, label: label),
                    cancel: session.cancellation)
            }
        }
    }
}

/// Which versions are too many. Pure.
enum VersionSurplus {
    /// - Parameters:
    ///   - needed: labels that stay, whatever their age.
    ///   - keep: how many of this environment's stay in all.
    ///   - prefix: of the keys of this environment's bundles.
    ///   - firstPrefix: of the keys of bundles of any environment of its name, made by earlier versions of this program.
    ///   - made: labels that this clone has deployed, by which its own are known among those.
    static func labels(
        _ versions: [BeanstalkVersion], needed: Set<String>, keep: Int, prefix: String,
        firstPrefix: String, made: Set<String>
    ) -> [String] {
        let own = versions.filter { version in
            guard VersionLabel(version.versionLabel) != nil,
                let key = version.sourceBundle?.s3Key
            else { return false }
            return key.hasPrefix(prefix)
                || key.hasPrefix(firstPrefix) && made.contains(version.versionLabel)
        }
        let newestFirst = own.sorted { ($0.dateCreated ?? "") > ($1.dateCreated ?? "") }
        let kept = newestFirst.filter { needed.contains($0.versionLabel) }.count
        let others = newestFirst.filter { !needed.contains($0.versionLabel) }
        return others.dropFirst(max(0, keep - kept)).map(\.versionLabel)
    }
}
