import AWS
import DeployTargets
import PipelineModel
import Processes

/// Takes away application versions that are more than are to be kept, so that the account's quota is never
/// met. Only those that this tool has made, and none that is needed.
struct VersionPruning {
    let config: BeanstalkConfig
    let site: BeanstalkSite
    let run: ServiceRun

    /// What fails here fails again with the next deployment and does no harm to this one.
    func prune() {
        do { try tryToPrune() } catch {
            run.note("old application versions were not removed: \(error)")
        }
    }

    private func tryToPrune() throws {
        let all = try site.client.versions(application: config.application, cancel: run.cancel)
        let running = try site.look().versionLabel
        let needed = Set([running].compactMap { $0 } + (try run.records.versionsToGoBackTo()))
        let superfluous = VersionSurplus.labels(
            all, needed: needed, keep: config.versions, prefix: run.records.prefix,
            firstPrefix: run.records.sharedPrefix, made: Set(try run.records.deployedVersions()))
        for label in superfluous where run.cancel?.isCancelled != true {
            _ = try run.journal.record("delete-version", label) {
                try site.client.run(
                    .deleteVersion(application: config.application, label: label),
                    cancel: run.cancel)
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
