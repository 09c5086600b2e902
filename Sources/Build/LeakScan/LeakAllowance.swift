/// What a person has looked at and lets pass: `RULE PATH`, in which `*` stands for any text.
package struct LeakAllowance: Hashable, Sendable {
    package let text: String
    private let rule: String
    private let pattern: [UInt8]

    /// nil for what is no such text, or names no rule.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0] == "*" || LeakRule(rawValue: String(parts[0])) != nil
        else { return nil }
        self.text = text
        rule = String(parts[0])
        pattern = Array(parts[1].drop { $0 == "/" || $0 == " " }.utf8)
    }

    package func covers(_ finding: LeakFinding) -> Bool {
        guard rule == "*" || rule == finding.rule.rawValue else { return false }
        return Self.matches(pattern[...], Array(finding.path.utf8)[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        guard first == UInt8(ascii: "*") else {
            return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
        }
        var rest = text
        while true {
            if matches(pattern.dropFirst(), rest) { return true }
            if rest.isEmpty { return false }
            rest = rest.dropFirst()
        }
    }
}
