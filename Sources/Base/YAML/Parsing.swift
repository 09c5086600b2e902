/// YAML 1.2 (https://yaml.org/spec/1.2.2/) as far as libyaml 0.2.5 reads it.
package enum YAML {
    /// What a text may cost. The defaults are far above any file a person writes, and low enough
    /// that a hostile text is refused within milliseconds.
    package struct Limits: Sendable {
        /// Bytes of UTF-8.
        package var bytes = 8 << 20
        /// Sequences and mappings inside one another, with aliases followed.
        package var depth = 64
        /// Nodes that aliases stand for in sum ("billion laughs").
        package var aliasedNodes = 100_000

        package init() {}
    }

    /// Reads a text that holds one document; `nil` when it holds none, for example only comments.
    ///
    /// Duplicate keys, keys that are not scalars, a second document, unknown tags and undefined
    /// aliases are errors: each would otherwise be a value that silently goes missing.
    package static func parse(
        _ text: String, limits: Limits = Limits()
    ) throws(YAMLError) -> Node? {
        let bytes = Array(text.utf8)
        guard bytes.count <= limits.bytes else {
            throw YAMLError(
                mark: Mark(line: 1, column: 1),
                message: "the text has \(bytes.count) bytes, and at most \(limits.bytes) are read")
        }
        var composer = Composer(events: EventStream(bytes), limits: limits)
        return try composer.compose()
    }
}
