package import Digests
package import Failures

/// A slot as the planner sees it.
package struct SlotState: Hashable, Sendable {
    package var name: String
    /// The manifest that its marker names, where the marker is known to be true.
    package var holds: Digest?
    package var content: SlotContent
    /// Why it must not be written: the live release runs from it, or the one to fall back to.
    package var protection: String?

    package init(
        name: String, holds: Digest? = nil, content: SlotContent = SlotContent(),
        protection: String? = nil
    ) {
        self.name = name
        self.holds = holds
        self.content = content
        self.protection = protection
    }
}

/// Which slot to use for a manifest.
package enum SlotChoice: Hashable, Sendable {
    /// This one holds it already; nothing is written, so it may be a protected one.
    case holds(slot: String)
    /// This one is free, and needs the least.
    case fill(slot: String, SlotDifference)

    package var slot: String {
        switch self {
        case .holds(let slot), .fill(let slot, _): slot
        }
    }
}

/// No slot may be written.
package struct NoFreeSlot: Explained, Equatable {
    package struct Reason: Hashable, Sendable {
        package let slot: String
        package let protection: String
    }

    package let reasons: [Reason]

    package var description: String { failure.text }

    package var failure: Failure {
        let list = reasons.map { "\"\($0.slot)\" (\($0.protection))" }.joined(separator: ", ")
        return Failure(
            "no-free-slot",
            "no slot is free, \(reasons.isEmpty ? "there are none" : "they are in use: \(list)")",
            next: "add a slot to the environment")
    }
}

/// Chooses slots. Pure: it asks nobody.
package enum SlotPlanner {
    /// A slot that holds the manifest, else the free one to which the fewest bytes must be sent; among
    /// equals the first.
    package static func choose(
        for manifest: DataManifest, among slots: [SlotState]
    ) throws(NoFreeSlot) -> SlotChoice {
        if let slot = slots.first(where: { $0.holds == manifest.digest }) {
            return .holds(slot: slot.name)
        }
        var best: (slot: String, difference: SlotDifference)?
        for slot in slots where slot.protection == nil {
            let difference = SlotDifference(from: slot.content, to: manifest)
            if let found = best, found.difference.bytes <= difference.bytes { continue }
            best = (slot.name, difference)
        }
        guard let best else {
            throw NoFreeSlot(
                reasons: slots.map { .init(slot: $0.name, protection: $0.protection ?? "") })
        }
        return .fill(slot: best.slot, best.difference)
    }
}
