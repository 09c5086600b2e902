import Digests
import JSON
import PipelineModel

extension ComponentSet {
    /// Reads the text that `text` wrote; nil for anything else.
    package init?(parsing text: String) {
        guard let members = JSONText.members(of: text) else { return nil }
        var entries: [Entry] = []
        entries.reserveCapacity(members.count)
        for (name, value) in members {
            guard let value else { return nil }
            entries.append(Entry(name, value))
        }
        self.init(sorted: entries, text: text)
    }
}
