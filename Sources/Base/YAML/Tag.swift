/// Explicit tags: the few of the core schema that say no more than the text itself does.
enum Tag {
    static let sequence = "tag:yaml.org,2002:seq"
    static let mapping = "tag:yaml.org,2002:map"
    private static let string = "tag:yaml.org,2002:str"
    /// The non-specific tag: a string, sequence or mapping by the kind of the node.
    private static let nonSpecific = "!"

    /// A scalar tagged as a string reads like a quoted one.
    static func style(
        _ style: Node.Style, tag: String?, at mark: Mark
    ) throws(YAMLError) -> Node.Style {
        guard let tag else { return style }
        try check(tag, is: string, at: mark)
        return .quoted
    }

    static func check(_ tag: String?, is expected: String, at mark: Mark) throws(YAMLError) {
        guard let tag, tag != expected, tag != nonSpecific else { return }
        throw YAMLError(mark: mark, message: "the tag \"\(tag)\" is not supported here")
    }
}
