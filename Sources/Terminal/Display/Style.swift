/// Emphasis by ANSI sequences (ECMA-48, SGR), or none of it.
package struct Style: Hashable, Sendable {
    /// Whether anything is added to the text.
    package let isEnabled: Bool

    package init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    /// On for a terminal that is not dumb, unless `NO_COLOR` is set to anything but nothing:
    /// https://no-color.org.
    package init(isTerminal: Bool, environment: [String: String]) {
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        self.init(isEnabled: isTerminal && !refused && environment["TERM"] != "dumb")
    }

    package func bold(_ text: String) -> String { wrap(text, 1, 22) }
    package func dim(_ text: String) -> String { wrap(text, 2, 22) }
    package func red(_ text: String) -> String { wrap(text, 31, 39) }
    package func green(_ text: String) -> String { wrap(text, 32, 39) }
    package func yellow(_ text: String) -> String { wrap(text, 33, 39) }
    package func blue(_ text: String) -> String { wrap(text, 34, 39) }
    package func cyan(_ text: String) -> String { wrap(text, 36, 39) }

    /// Each ends only itself, so that they can stand inside one another.
    private func wrap(_ text: String, _ start: Int, _ end: Int) -> String {
        guard isEnabled, !text.isEmpty else { return text }
        return "\u{1B}[\(start)m\(text)\u{1B}[\(end)m"
    }
}
