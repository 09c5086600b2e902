/// What libyaml's parser reports, without its memory management.
struct Event {
    enum Kind {
        case documentStart, documentEnd, streamStart, streamEnd
        case alias(String)
        case scalar(String, Node.Style)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
    }

    let kind: Kind
    let mark: Mark
    var anchor: String?
    /// An explicit tag, resolved: `tag:yaml.org,2002:str` for `!!str`.
    var tag: String?
}
