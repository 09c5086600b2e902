import FoundationEssentials

extension ComponentSet {
    /// Reads the text that `text` wrote; nil for anything else.
    package init?(parsing text: String) {
        guard
            let members = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        else { return nil }
        self.init(members.map { Entry($0.key, $0.value) })
        guard self.text == text else { return nil }
    }
}
