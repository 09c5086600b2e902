import Paths

/// What a person has looked at and lets pass: `RULE PATH`, in which `*` stands for any text.
package struct LeakAllowance: Hashable, Sendable {
    package let text: String
    private let rule: String
    private let pattern: NamePattern

    /// nil for what is no such text, or names no rule.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == "*" || LeakRule(rawValue: String(parts[0])) != nil
        else { return nil }
        self.text = text
        rule = String(parts[0])
        pattern = NamePattern(parts[1].drop { $0 == "/" || $0 == " " }, .onlyAsterisk)
    }

    package func covers(_ finding: LeakFinding) -> Bool {
        guard rule == "*" || rule == finding.rule.rawValue else { return false }
        return pattern.matches(finding.path)
    }
}
