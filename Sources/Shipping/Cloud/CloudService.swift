import AWS
import DeployLocking
import DeployTargets
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Slots

extension Cloud {
    /// What changes the service as part of a run; nil in environments that run no releases.
    ///
    /// - Parameter stage: whose output the service's own events are; nil to leave them out.
    func host(
        _ context: ShippingContext, _ session: RunSession, stage: String?
    ) -> (any ServiceHost)? {
        service?.host(
            ServiceRun(
                journal: LedgerJournal(context, session),
                records: CloudRecords(context: context, session: session, cloud: self),
                cancel: session.cancellation,
                output: { line in
                    if let stage { session.emit(.output(stage: stage, line: line)) }
                },
                note: { session.emit(.note($0)) }))
    }
}

/// What this clone and the operators have on record, as services ask for it.
private struct CloudRecords: ServiceRecords {
    let context: ShippingContext
    let session: RunSession
    let cloud: Cloud

    func bucket() throws -> String { try cloud.bucket() }
    var prefix: String { cloud.site.prefix }
    var sharedPrefix: String { cloud.site.sharedPrefix }

    func confirm(_ files: Digest) throws { try KeptFolder(context: context).confirm(files) }

    func checkOut(_ files: Digest) throws -> String {
        try KeptFolder(context: context).checkOut(files)
    }

    func manifest(_ digest: Digest) throws -> DataManifest {
        guard let manifest = try context.storedManifest(digest) else {
            throw ShippingError.contentLost(path: "manifest \(digest.short)")
        }
        return manifest
    }

    func imagesToGoBackTo() throws -> [String] {
        let history = try context.timeline()
        let ids = [history.live?.releaseID, history.fallback?.releaseID].compactMap { $0 }
        return try ids.compactMap { try session.reader.release(id: $0)?.image }
    }

    func versionsToGoBackTo() throws -> [String] {
        let record = try cloud.record()
        return [record.live?.label, record.previous?.label].compactMap { $0 }
    }

    func deployedVersions() throws -> [String] {
        try session.reader.deployments(environment: context.environment.name)
            .filter { !$0.isOthers }.compactMap(\.version)
    }
}

extension ServiceRelease {
    init(_ release: ReleaseRecord) {
        self.init(
            number: release.number, image: release.image ?? "", code: release.code,
            manifest: release.manifest, settings: release.settings)
    }
}
