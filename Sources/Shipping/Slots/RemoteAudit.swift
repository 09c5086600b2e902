package import Digests
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import Posix
package import Slots
import TransportProviders

/// Compares what the slots of an environment hold with what they should: changes nothing.
package struct RemoteAudit {
    private let context: ShippingContext
    private let verification: Verification

    package init(
        _ project: Project, _ environment: EnvironmentDefinition, ledger: LedgerReader?,
        verification: Verification
    ) throws {
        context = try ShippingContext(project, environment, ledger: ledger)
        self.verification = verification
    }

    /// Whether looking needs something that is made for it and costs: then only in a run, by `open`.
    package static func needsRun(_ environment: EnvironmentDefinition) -> Bool {
        environment.data.provider.temporary != nil
    }

    /// Makes the connection to the data. It goes with `close`.
    package func open(_ session: RunSession, _ options: LeaseOptions) throws {
        try context.cloud?.hold(session, reason: "verify", options: options)
        try RunContext(context.project, context.environment, session, cloud: context.cloud)
            .openRoute()
        context.places.forgetAll()
    }

    package func close(_ session: RunSession) { context.cloud?.release(session) }

    /// What a slot was found to be.
    package struct Finding: Sendable {
        package enum State: Sendable {
            /// Nothing was ever put there by this project.
            case unused
            /// It was being filled, or its marker was removed: it says of itself that it holds nothing.
            case unfinished
            /// Its marker is of somebody else's filling; what it says.
            case foreign(String)
            /// The store has no list of what it should hold.
            case unlisted(Digest)
            /// It says that it holds this, and this is where it does not.
            case holds(Digest, files: Int, bytes: Int64, drifts: [Drift])
        }

        package let slot: String
        package let state: State
        /// The release that is live from it, if one is.
        package let live: Int64?

        package var isGood: Bool {
            switch state {
            case .unused, .unfinished: live == nil
            case .foreign, .unlisted: false
            case .holds(_, _, _, let drifts): drifts.isEmpty
            }
        }
    }

    /// Every slot, or the one that is named.
    package func run(
        slot: String?, progress: @escaping (TransferProgress) -> Void,
        isInterrupted: @escaping () -> Bool
    ) throws -> [Finding] {
        let names = context.places.names(try SlotStates(context: context).records())
        if let slot, !names.contains(slot) {
            throw ShippingError.slotUnknown(slot, known: names)
        }
        let live = try context.timeline().live
        return try names.filter { slot == nil || $0 == slot }.map { name in
            Finding(
                slot: name, state: try state(name, progress, isInterrupted),
                live: live?.slot == name ? live?.release : nil)
        }
    }

    private func state(
        _ slot: String, _ progress: @escaping (TransferProgress) -> Void,
        _ isInterrupted: @escaping () -> Bool
    ) throws -> Finding.State {
        let states = SlotStates(context: context)
        let record = try states.records().first { $0.name == slot }
        if case .unknown(let reason) = try context.places.markerFile(slot) {
            return .foreign("its marker cannot be read: \(reason)")
        }
        guard let marker = try context.places.marker(slot) else {
            return record == nil ? .unused : .unfinished
        }
        guard let held = try states.holds(slot) else {
            return .foreign(
                "project \"\(marker.project)\", environment \"\(marker.environment)\", "
                    + "filling \(marker.generation) of \(marker.writtenAt)")
        }
        guard let manifest = try context.storedManifest(held) else { return .unlisted(held) }
        var writer = SlotWriter(route: context.places.route(slot))
        writer.verification = verification
        writer.isInterrupted = isInterrupted
        writer.onProgress = { progress(TransferProgress($0)) }
        return .holds(
            held, files: manifest.entries.count, bytes: manifest.bytes,
            drifts: try writer.audit(against: manifest))
    }
}
