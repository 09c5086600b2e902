import Digests
import PipelineModel

extension ComponentSet {
    /// Reads the text that `text` wrote; nil for anything else.
    package init?(parsing text: String) {
        guard let members = CanonicalJSON.members(of: text) else { return nil }
        self.init(sorted: members.map { Entry($0.key, $0.value) }, text: text)
    }
}
