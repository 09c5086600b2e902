import JSON
import PipelineModel

/// How a set is kept where most of it is in another: as one JSON object of what differs, with null for what is gone.
extension ComponentSet {
    /// What turns `base` into this set; nil where that would not be much smaller than the set itself.
    package func difference(from base: ComponentSet) -> String? {
        let changes = changes(since: base)
        guard changes.count <= entries.count / 16 else { return nil }
        return JSONText.object(
            changes.map { ($0.name, $0.after.map { JSONText.quoted($0) } ?? "null") })
    }

    /// The set that a difference makes of this one; nil for text that is none.
    package func applying(difference text: String) -> ComponentSet? {
        guard var changes = JSONText.members(of: text)?[...] else { return nil }
        var result: [Entry] = []
        result.reserveCapacity(entries.count + changes.count)
        for entry in entries {
            while let change = changes.first, Self.precedes(change.key, entry.name) {
                if let value = change.value { result.append(Entry(change.key, value)) }
                changes.removeFirst()
            }
            guard let change = changes.first, Self.areSame(change.key, entry.name) else {
                result.append(entry)
                continue
            }
            if let value = change.value { result.append(Entry(change.key, value)) }
            changes.removeFirst()
        }
        for case (let name, let value?) in changes { result.append(Entry(name, value)) }
        return ComponentSet(result)
    }
}
