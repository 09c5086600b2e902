import DeployTargets
import Digests
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import SiteRuntime
import Slots

/// Makes a release live at a place whose releases are folders: checked first, then switched to in one step, then asked.
/// Whatever fails, what was live before is live again.
///
/// Rollback is the same with an older release.
struct FolderDeployer {
    let context: RunContext
    let target: any FolderTarget

    private var session: RunSession { context.session }

    private var check: FolderCheck { FolderCheck(context: context, target: target) }

    /// - Returns: the address at which the release answers; nil where nobody can ask it.
    /// - Throws: `ShippingError`; then what was live before is live, or the error says that it is not.
    func deploy(_ release: ReleaseRecord, kind: DeploymentKind) throws -> String? {
        let folder = try check.release(release)
        do { try target.confirm(folder) } catch {
            let live = try context.timeline().live
            throw ShippingError.notWell(
                release: release.number, error, afterwards: aftermath(live, "Nothing was changed"))
        }
        // What is not this environment's is found before another run is waited for.
        _ = try own(target.live())
        return try context.holdingPlace(LeaseOptions()) { lock in
            let slots = ReleaseSlot(context: context, lock: lock)
            let slot = try slots.holding(release)
            // Looked at again: the place is this run's now.
            let before = try own(target.live())
            let live = try context.timeline().live
            let deployment = try session.writer.beginDeployment(
                environment: context.environment.name, release: release.id, kind: kind,
                replaces: live?.releaseID, slot: slot, run: session.run, at: Timestamp.now())
            do {
                try slots.mark(slot, release)
                try replace(folder, slot, before)
                try session.writer.endDeployment(deployment, failure: nil, at: Timestamp.now())
            } catch {
                let afterwards = goBack(from: slot, to: live, before, slots)
                try session.writer.endDeployment(
                    deployment, failure: "\(error)", at: Timestamp.now())
                if error is ProcessError { throw error }
                throw ShippingError.notWell(
                    release: release.number, error, afterwards: afterwards)
            }
            return target.address
        }
    }

    /// Has the live release answer again, without a switch where the place names it.
    ///
    /// - Returns: the address; nil where only another deployment helps.
    func reconnect(_ release: ReleaseRecord, _ live: DeploymentRecord) throws -> String? {
        try target.serve()
        if let fault = try check.fault(live, release) {
            session.emit(.note("the site that is there cannot be used: \(fault)"))
            return nil
        }
        return target.address ?? context.places.folder(live.slot ?? "")
    }

    /// What is live, where it is this environment's.
    private func own(_ live: LiveFolder) throws -> LiveFolder {
        switch live {
        case .none: return live
        case .foreign(let what): throw foreign(what)
        case .folder(let name):
            let records = try SlotStates(context: context).records()
            if records.contains(where: { $0.name == name && $0.state != .empty }) { return live }
            if case .present(let marker) = try context.places.markerFile(name),
                context.places.isOwn(marker), !marker.project.isEmpty
            {
                return live
            }
            if context.adopts { return live }
            throw foreign("folder \"\(name)\"")
        }
    }

    private func foreign(_ what: String) -> Failure {
        Failure(
            "live-foreign",
            "what is live at \"\(context.environment.data.route.root)\" is not this environment's: \(what); "
                + "nothing was changed",
            cause: "no deployment of project \"\(context.claim.project)\", environment "
                + "\"\(context.claim.environment)\" has made it live",
            next: "move it away, or name another \"root\" in "
                + "pipeline/environments/\(context.environment.name).yaml", run: .again)
    }

    private func replace(_ folder: FolderRelease, _ slot: String, _ before: LiveFolder) throws {
        if before != .folder(slot) {
            session.emit(.note("switching to release \(folder.number), folder \(slot)"))
            try target.switchOver(to: slot, from: before)
        }
        if let fault = try check.markerFault(slot, folder.number, folder.manifest.digest) {
            throw Failure("release-unhealthy", fault)
        }
        try target.serve()
        try watch(folder)
        guard let address = target.address else { return }
        for check in folder.site.smoke {
            let test = SmokeTest(path: check.path, status: check.status, contains: check.contains)
            if let failure = test.failure(at: address, cancel: session.cancellation) {
                throw ShippingError.smokeCheckFailed(failure)
            }
        }
    }

    /// Asks at the address until the release answers there.
    private func watch(_ folder: FolderRelease) throws {
        let end = MonotonicClock.nanoseconds() + Int64(folder.site.health.within * 1e9)
        while let fault = try target.fault(folder) {
            if session.cancellation.isCancelled { throw ProcessError.interrupted }
            guard MonotonicClock.nanoseconds() < end else {
                throw Failure("release-unhealthy", fault)
            }
            _ = try Poll.wait([(session.cancellation.descriptor, .readable)], timeoutMs: 100)
        }
    }

    /// Makes live what the ledger has as live, else what the place named before; only where the folder that failed is
    /// live now.
    ///
    /// - Returns: what is live afterwards, as it was looked at.
    private func goBack(
        from slot: String, to live: DeploymentRecord?, _ before: LiveFolder, _ slots: ReleaseSlot
    ) -> String {
        do {
            let record = try live.flatMap { try session.reader.release(id: $0.releaseID) }
            if live?.slot == slot, let record {
                // The same folder, with other settings.
                try slots.mark(slot, record)
            } else if try target.live() == .folder(slot) {
                let earlier = try live?.slot.flatMap { folder in
                    try context.places.markerFile(folder) == .absent
                        ? nil : LiveFolder.folder(folder)
                }
                switch earlier ?? (before == .folder(slot) ? .none : before) {
                case .folder(let name): try target.switchOver(to: name, from: .folder(slot))
                case .none: try target.takeDown(slot)
                case .foreign: break
                }
            }
        } catch {
            return "Going back failed (\(error)); `pipeline rollback --environment "
                + "\(context.environment.name)` tries it again"
        }
        return aftermath(live, "Nothing was live before")
    }

    /// What is live, asked now.
    private func aftermath(_ live: DeploymentRecord?, _ none: String) -> String {
        guard let live else { return none }
        do {
            guard let record = try session.reader.release(id: live.releaseID) else { return none }
            context.places.forgetAll()
            guard let fault = try check.fault(live, record) else {
                // Looked at: place and address, in the line above.
                return "Release \(live.release) goes on "
                    + (target.address == nil ? "being live" : "answering")
            }
            return "Release \(live.release), which was live, is not as it should be (\(fault))"
        } catch { return "Whether release \(live.release) is live is unknown: \(error)" }
    }
}
