import DeployTargets
package import Digests
import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import SiteRuntime

/// The deploy: image, data and settings become a release, and the environment runs it.
struct DeployStep {
    let context: ShippingContext
    let stage: Stage

    /// The release that the project makes as it is.
    ///
    /// - Parameter keepsCode: whether the code of a preview is kept in the store, which changes it.
    func content(manifest: Digest, keepsCode: Bool) throws -> ReleaseContent {
        let settings = RunSettings(context.environment, context.target)
        var image: String?
        if context.target.lacksImage == nil {
            guard let pushed = try context.pushedImage() else { throw ShippingError.notPushed }
            image = pushed.name
        }
        let code: Digest?
        switch context.target.code {
        case .none: code = nil
        case .buildContext:
            let tree = CodeTree(context: context)
            code = keepsCode ? try tree.keep() : try tree.digest()
        case .folder(let parts, let files):
            let folder = KeptFolder(context: context)
            code = try files(context.environment).map {
                keepsCode ? try folder.keep($0, parts: parts) : try folder.digest($0, parts: parts)
            }
        }
        return ReleaseContent(
            environment: context.environment.name, image: image, code: code, manifest: manifest,
            bundle: nil, settings: settings.text)
    }

    /// A colleague's newer release that this one would replace; nil for none.
    func superseded(manifest: Digest) throws -> String? {
        let content = try content(manifest: manifest, keepsCode: false)
        guard let cloud = context.cloud else {
            return try NewerRelease(context: context).finding(content)
        }
        return try Superseding(context: context, cloud: cloud).finding(content)
    }

    /// Up to date means: this release is recorded as live, and answers as that at the public address.
    func status(manifest: Digest) throws -> StepStatus {
        let wanted = try content(manifest: manifest, keepsCode: false)
        let history = try context.timeline()
        guard let live = history.live, let record = try context.ledger?.release(id: live.releaseID)
        else {
            return .work([.neverRan])
        }
        guard record.contentIdentity == wanted.identity else {
            return .work(changes(from: record, to: wanted))
        }
        if let missed = try context.missedReload() { return .work([.external(missed)]) }
        if let folder = try context.folderTarget() {
            return try FolderCheck(context: context, target: folder).status(live, record)
        }
        if let cloud = context.cloud {
            return try CloudCheck(context: context, cloud: cloud).status(live, record)
        }
        if let complaint = try LiveSite(context: context).complaint(live, record) {
            return .work([.external("release \(live.release) is not healthy: \(complaint)")])
        }
        if let fault = context.frontFault() { return .work([.external(fault)]) }
        return .upToDate(
            "release \(live.release) answers at \(context.front().address)"
                + LiveSite.certainty(context.environment))
    }

    private func changes(from record: ReleaseRecord, to wanted: ReleaseContent) -> [Reason] {
        var reasons: [Reason] = []
        func add(_ name: String, _ before: String?, _ after: String?) {
            guard before != after else { return }
            reasons.append(.recipe(ComponentChange(name: name, before: before, after: after)))
        }
        add("image", record.image, wanted.image)
        add("code", record.code?.short, wanted.code?.short)
        add("data manifest", record.manifest.short, wanted.manifest.short)
        add("settings", record.configuration.short, wanted.configuration.short)
        return reasons
    }

    func run(_ run: RunContext, manifest: Digest, _ reasons: [Reason]) throws -> StageSummary {
        let session = run.session
        let content = try content(manifest: manifest, keepsCode: true)
        let recording = StepRecording(
            session: session, stage: stage, unit: context.unit(stage),
            recipe: ComponentSet([
                .init("image", content.image ?? "-"), .init("code", content.code?.hex ?? "-"),
                .init("data manifest", manifest.hex), .init("settings", content.settings),
            ]), code: .empty)
        return try recording.run(reasons) {
            let release = try run.record(content)
            let number = release.number
            if let remark = LiveSite.remark(context.environment) { session.emit(.note(remark)) }
            let address = try run.deploy(release, kind: .deploy, stage: stage.name)
            return StepResult(
                artifacts: [],
                text: address.map { "release \(number) answers at \($0)" }
                    ?? "release \(number) runs",
                address: address)
        }
    }
}

extension ReleaseRecord {
    /// As `ReleaseContent.identity`.
    package var contentIdentity: Digest {
        content.identity
    }
}
