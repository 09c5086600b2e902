import AWS
import DeployLocking
import DeployTargets
import Digests
import PipelineEngine
import PipelineModel
import Posix
import Processes
import TransportProviders

/// The right to change an environment, and what its operators share.
extension Cloud {
    func store(cancel: Cancellation?) throws -> RecordStore {
        var store = RecordStore(
            client: client, bucket: try bucket(), key: site.recordKey, owner: site.owner,
            firstKey: site.sharedPrefix + "record.json", signs: site.signs, folder: folder)
        store.cancel = cancel
        return store
    }

    /// Takes the operators' lease, once in a command; then what is known is what nobody else changes.
    func hold(_ session: RunSession, reason: String, options: LeaseOptions) throws {
        guard lease == nil else { return }
        let identity = try identity()
        try ensureBucket()
        let taken = try DeployLock.take(
            try store(cancel: session.cancellation), name: "\(identity.name) (\(Host.name))",
            identity: try CloneIdentity.id(), reason: reason, waits: options.waits,
            takes: options.takes, stopping: session.cancellation,
            onWait: {
                session.emit(
                    .note("waiting for \($0.name), who holds the environment: \($0.reason)"))
            })
        lease = taken
        forget()
        try fenceOff(taken, session)
    }

    /// Has the machine that writes the data refuse what an earlier holder still sends there.
    private func fenceOff(_ lease: DeployLock, _ session: RunSession) throws {
        guard let raise = environment.data.provider.temporary?.raiseFence else { return }
        try raise(
            FenceRequest(
                options: environment.data.route, client: client,
                account: { try self.identity().account }, fence: fence(of: lease), folder: folder,
                cancel: session.cancellation))
    }

    /// What requests to the data carry; nil while nobody here holds the lease, and then they may only look.
    func fence() -> AccessRequest.Fence? { lease.map(fence(of:)) }

    private func fence(of lease: DeployLock) -> AccessRequest.Fence {
        .init(number: lease.fence, site: site.prefix, key: site.fenceKey)
    }

    private func ensureBucket() throws {
        guard place.bucket == nil,
            let make = Registry.target(environment).service?.accountBucket?.make
        else { return }
        do { _ = try record() } catch let error as AWSError where error.code == "NoSuchBucket" {
            try make(client)
        }
    }

    /// Takes away the connection to the data, which may cost.
    func closeRoute() throws {
        guard let route = opened else { return }
        opened = nil
        try route.close()
    }

    /// Gives back what is held for a run: first what costs, then the right to change.
    func release(_ session: RunSession) {
        stopping = nil
        do { try closeRoute() } catch { session.emit(.note("\(error)")) }
        do { try lease?.release() } catch {
            session.emit(.note("the lease was not given back, and ends by itself: \(error)"))
        }
        lease = nil
    }

    // MARK: What the operators share

    /// What is on record of the slots of the environment's file system and root; of another it says nothing.
    func recordedSlots() throws -> [String: DeployRecord.Slot] {
        try record()[site.owner.place]
    }

    /// Why a slot must not be written: somebody's site runs from it, or would after a rollback.
    func use(of slot: String) throws -> String? {
        if let use = try service?.use(where: { VersionLabel($0)?.slot == slot }) { return use }
        let record = try record()
        let place = site.owner.place
        if let live = record.live, live.runs(from: slot, at: place) {
            return "version \(live.label) of \(live.by) runs from it"
        }
        if environment.data.slots > 2, let previous = record.previous,
            previous.runs(from: slot, at: place)
        {
            return "version \(previous.label) of \(previous.by) is what a rollback brings back"
        }
        return nil
    }

    /// - Parameter manifest: nil while the slot is being filled.
    func recordSlot(_ slot: String, manifest: Digest?, generation: Int64) throws {
        try held().update {
            $0[site.owner.place][slot] = .init(
                manifest: manifest?.hex, generation: Int(generation))
        }
    }

    func forgetSlot(_ slot: String) throws {
        try held().update { $0[site.owner.place][slot] = nil }
    }

    func recordLive(_ live: DeployRecord.Live) throws {
        try held().update { $0.setLive(live) }
    }

    private func held() throws -> DeployLock {
        guard let lease else { throw CloudError.noLease }
        return lease
    }
}

/// What to do while another operator holds the environment, or has released to it.
package struct LeaseOptions: Sendable {
    package var waits: Bool
    package var takes: Bool
    /// Whether a person has confirmed that a place which holds something else becomes this environment's.
    package var adopts: Bool
    /// Whether a colleague's newer release may be replaced by older content.
    package var replaces: Bool

    package init(
        waits: Bool = true, takes: Bool = false, adopts: Bool = false, replaces: Bool = false
    ) {
        self.adopts = adopts
        self.waits = waits
        self.takes = takes
        self.replaces = replaces
    }
}
