import FoundationEssentials
import PipelineModel

/// How a set is kept where most of it is in another: as one JSON object of what differs, with null for what is gone.
extension ComponentSet {
    /// What turns `base` into this set; nil where that would not be much smaller than the set itself.
    package func difference(from base: ComponentSet) -> String? {
        let changes = changes(since: base)
        guard changes.count <= entries.count / 16 else { return nil }
        return CanonicalJSON.object(
            changes.map { ($0.name, $0.after.map(CanonicalJSON.string) ?? "null") })
    }

    /// The set that a difference makes of this one; nil for text that is none.
    package func applying(difference text: String) -> ComponentSet? {
        guard
            let changes = try? JSONDecoder().decode([String: String?].self, from: Data(text.utf8))
        else { return nil }
        var result = entries.filter { changes[$0.name] == nil }
        for case (let name, let value?) in changes { result.append(Entry(name, value)) }
        return ComponentSet(result)
    }
}
