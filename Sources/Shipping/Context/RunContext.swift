import Digests
package import PipelineEngine
package import PipelineModel
import PipelineStore
import Slots

/// What the steps of a run share to change something, beside what they look at. It belongs to a run on record: what only
/// looks has none, and so cannot change anything.
package final class RunContext: ShippingContext {
    package let session: RunSession

    /// - Parameter adopts: whether a person has confirmed that the place becomes this environment's, whatever it holds.
    package init(
        _ project: Project, _ environment: EnvironmentDefinition, _ session: RunSession,
        cloud: Cloud? = nil, adopts: Bool = false
    ) throws {
        self.session = session
        try super.init(
            project, environment, ledger: session.reader, cloud: cloud,
            cancel: session.cancellation, adopts: adopts)
    }

    /// A damaged content is taken out of the store, so that it can be kept again.
    override func content(_ digest: Digest) throws -> String? { try store.verified(digest) }

    /// The filling itself lists the slot.
    override func listing(of slot: String) throws -> SlotContent? { nil }
}
