package import Digests
import JSON
import PipelineModel

/// A named group of what decides a unit's outputs: its recipe, its code, its inputs or its reads.
///
/// Kept by content: equal sets have one digest and are stored once, however many units share them.
package struct ComponentSet: Sendable, Hashable {
    /// Sorted by name, names unique.
    package let entries: [Entry]
    package let digest: Digest

    package struct Entry: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ entries: [Entry]) {
        self.entries =
            Self.areSorted(entries)
            ? entries : entries.sorted { Self.precedes($0.name, $1.name) }
        digest = Digest.of(Self.text(self.entries))
    }

    /// - Parameter text: what `text` gives for these entries.
    init(sorted entries: [Entry], text: String) {
        self.entries = entries
        digest = Digest.of(text)
    }

    /// By their bytes, as files are distinguished: two names that differ only in how an accent is written are equal as
    /// texts.
    static func areSame(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.utf8.elementsEqual(right.utf8)
    }

    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// As most are that are derived from others; sorting a million takes longer than looking.
    private static func areSorted(_ entries: [Entry]) -> Bool {
        zip(entries, entries.dropFirst()).allSatisfy { precedes($0.name, $1.name) }
    }

    package static let empty = ComponentSet([])

    /// The set as one JSON object: what the ledger stores, and what the digest is taken of.
    package var text: String { Self.text(entries) }

    private static func text(_ entries: [Entry]) -> String {
        var text = "{"
        // Two texts, each with its quotes and a mark after it; it grows once more where something is escaped.
        text.reserveCapacity(
            entries.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 6 })
        for entry in entries {
            if text.utf8.count > 1 { text += "," }
            JSONText.append(entry.name, to: &text)
            text += ":"
            JSONText.append(entry.value, to: &text)
        }
        text += "}"
        return text
    }

    package subscript(_ name: String) -> String? {
        entries.first { Self.areSame($0.name, name) }?.value
    }

    /// What differs from `earlier`, in the order of names.
    package func changes(since earlier: ComponentSet) -> [ComponentChange] {
        var changes: [ComponentChange] = []
        var old = earlier.entries[...]
        var new = entries[...]
        while let name = Self.smaller(old.first?.name, new.first?.name) {
            let before = Self.taken(name, from: &old)
            let after = Self.taken(name, from: &new)
            if !Self.areSame(before, after) {
                changes.append(ComponentChange(name: name, before: before, after: after))
            }
        }
        return changes
    }

    /// The value of the next entry, if that is the one of this name.
    private static func taken(_ name: String, from entries: inout ArraySlice<Entry>) -> String? {
        guard let next = entries.first, areSame(next.name, name) else { return nil }
        entries.removeFirst()
        return next.value
    }

    private static func smaller(_ a: String?, _ b: String?) -> String? {
        guard let a else { return b }
        guard let b else { return a }
        return precedes(b, a) ? b : a
    }
}

/// One component that is not what it was.
package struct ComponentChange: Sendable, Hashable {
    package let name: String
    /// nil where the component is new.
    package let before: String?
    /// nil where the component is gone.
    package let after: String?

    package init(name: String, before: String?, after: String?) {
        self.name = name
        self.before = before
        self.after = after
    }
}

/// The digest over all that decides a unit's outputs.
package enum Fingerprint {
    package static func of(recipe: Digest, code: Digest, inputs: Digest, reads: Digest) -> Digest {
        Digest.of(
            "pipeline-fingerprint-1\n\(recipe.hex)\n\(code.hex)\n\(inputs.hex)\n\(reads.hex)\n")
    }
}
