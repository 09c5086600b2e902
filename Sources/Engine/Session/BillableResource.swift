package import PipelineLedger

/// Something that is billed while it exists: what a run is going to make or start, or what another has left.
package struct BillableResource: Sendable, Hashable {
    package let kind: LeaseRecord.Kind
    /// US dollars; nil where it is unknown.
    package let costPerHour: Double?
    /// Whether it is there already, left by a run that was killed.
    package let isLeft: Bool

    package init(kind: LeaseRecord.Kind, costPerHour: Double?, isLeft: Bool) {
        self.kind = kind
        self.costPerHour = costPerHour
        self.isLeft = isLeft
    }
}
