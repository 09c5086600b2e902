/// A piece of a YAML document: what stands there, and where it starts.
///
/// An alias yields the node that its anchor names, with the mark of that node: where its text is.
package struct Node: Sendable {
    /// How a scalar was written. Only plain scalars can be numbers, booleans or null.
    package enum Style: Hashable, Sendable { case plain, quoted }

    package enum Kind: Sendable {
        case scalar(String, Style)
        case sequence([Node])
        /// In the order of the text. Keys are scalars, and different from one another.
        case mapping([(key: Node, value: Node)])
    }

    package let kind: Kind
    package let mark: Mark

    package init(_ kind: Kind, mark: Mark) {
        self.kind = kind
        self.mark = mark
    }

    /// What the node is, for messages: `a sequence`.
    package var kindName: String {
        switch kind {
        case .scalar where isNull: "nothing"
        case .scalar(_, .quoted): "a string"
        case .scalar where bool != nil: "a boolean"
        case .scalar where double != nil: "a number"
        case .scalar: "a string"
        case .sequence: "a sequence"
        case .mapping: "a mapping"
        }
    }

    /// The elements of a sequence.
    package var sequence: [Node]? {
        if case .sequence(let nodes) = kind { nodes } else { nil }
    }

    /// The entries of a mapping in the order of the text.
    package var mapping: [(key: Node, value: Node)]? {
        if case .mapping(let entries) = kind { entries } else { nil }
    }

    /// The value beside a key of a mapping, `nil` when the node has no such key.
    package subscript(key: String) -> Node? {
        mapping?.first { $0.key.text == key }?.value
    }
}
