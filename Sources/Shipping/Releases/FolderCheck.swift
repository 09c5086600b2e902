import DeployTargets
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import SiteRuntime
import Slots
import TransportProviders

/// Whether a place whose releases are folders is as its last deployment left it. Changes nothing.
struct FolderCheck {
    let context: ShippingContext
    let target: any FolderTarget

    func status(_ live: DeploymentRecord, _ record: ReleaseRecord) throws -> StepStatus {
        if let fault = try fault(live, record) { return .work([.external(fault)]) }
        return .upToDate(
            target.address.map { "release \(live.release) answers at \($0)" }
                ?? "release \(live.release) is live in \(context.places.folder(live.slot ?? ""))")
    }

    /// What is wrong with the live release; nil for nothing.
    func fault(_ live: DeploymentRecord, _ record: ReleaseRecord) throws -> String? {
        let slot = live.slot ?? ""
        let found = try target.live()
        guard found == .folder(slot) else {
            return "\(found.text) is live, and not folder \(slot) of release \(live.release)"
        }
        return try markerFault(slot, record.number, record.manifest)
            ?? target.fault(try release(record))
    }

    /// Why the folder is not that of a release, by the marker in it; nil where it is.
    func markerFault(_ slot: String, _ number: Int64, _ manifest: Digest) throws -> String? {
        if case .present(let marker) = try context.places.markerFile(slot),
            marker.manifest == manifest, marker.release == Int(number)
        {
            return nil
        }
        return "the marker of folder \(slot) does not name release \(number)"
    }

    /// The release as its target sees it.
    func release(_ record: ReleaseRecord) throws -> FolderRelease {
        let data = DataRelease(context: context)
        let manifest = try data.stored(record.manifest)
        return FolderRelease(
            number: record.number, manifest: manifest, site: context.environment.site
        ) { [context] entry in
            if let slot = try SlotStates(context: context).slot(holding: manifest.digest),
                let bytes = try context.places.route(slot).read(entry.path, limit: 32 << 20)
            {
                return bytes
            }
            return try FileSystem.read(try data.source(entry))
        }
    }
}

extension LiveFolder {
    /// For people: `folder 3f2a…`, `nothing`.
    var text: String {
        switch self {
        case .none: "nothing"
        case .folder(let name): "folder \(name)"
        case .foreign(let what): what
        }
    }
}

extension ShippingContext {
    /// The target of an environment whose releases are folders; nil for others.
    func folderTarget(_ session: RunSession? = nil) throws -> (any FolderTarget)? {
        guard case .folder(let make) = target.deployment else { return nil }
        return try make(
            FolderPlace(
                environment: environment, root: places.rootTransport, mounted: mountedRoot,
                folder: absolute(environmentFolder), aws: cloud?.client,
                cancel: session?.cancellation ?? cancel,
                note: { text in session?.emit(.note(text)) }))
    }

    /// Where this machine sees the folder that holds the slots; nil where it does not.
    private var mountedRoot: String? {
        if let mounted = environment.data.mounted { return absolute(mounted) }
        guard environment.data.provider.isLocal else { return nil }
        return absolute(environment.data.route.root)
    }

    /// Where the site answers; nil where nobody can ask it.
    func address() throws -> String? {
        if let folder = try folderTarget() { return folder.address }
        guard let cloud else { return front().address }
        return try cloud.service?.address()
    }
}
