/// Makes nodes of events: resolves aliases, checks keys and tags, and holds the text to its limits.
struct Composer {
    /// A finished node that has an anchor.
    private struct Anchored {
        let node: Node
        /// How many nodes it stands for, itself included.
        let weight: Int
        /// How many collections are inside one another in it.
        let height: Int
    }

    private let events: EventStream
    private let limits: YAML.Limits
    private var anchors: [String: Anchored] = [:]
    private var aliasedNodes = 0

    init(events: EventStream, limits: YAML.Limits) {
        self.events = events
        self.limits = limits
    }

    mutating func compose() throws(YAMLError) -> Node? {
        _ = try events.next()
        guard case .documentStart = try events.next().kind else { return nil }
        let root = try node(from: events.next(), depth: 0).node
        _ = try events.next()
        let end = try events.next()
        guard case .streamEnd = end.kind else {
            throw YAMLError(
                mark: end.mark, message: "a second document starts here; one file holds one")
        }
        return root
    }

    private mutating func node(from event: Event, depth: Int) throws(YAMLError) -> Anchored {
        let made: Anchored
        switch event.kind {
        case .alias(let name):
            return try resolve(name, at: event.mark, depth: depth)
        case .scalar(let text, let style):
            let resolved = try Tag.style(style, tag: event.tag, at: event.mark)
            made = Anchored(
                node: Node(.scalar(text, resolved), mark: event.mark), weight: 1, height: 0)
        case .sequenceStart:
            try Tag.check(event.tag, is: Tag.sequence, at: event.mark)
            try checkDepth(depth + 1, at: event.mark)
            made = try sequence(at: event.mark, depth: depth + 1)
        case .mappingStart:
            try Tag.check(event.tag, is: Tag.mapping, at: event.mark)
            try checkDepth(depth + 1, at: event.mark)
            made = try mapping(at: event.mark, depth: depth + 1)
        default:
            throw YAMLError(mark: event.mark, message: "the document ends too early")
        }
        if let anchor = event.anchor { anchors[anchor] = made }
        return made
    }

    private mutating func sequence(at mark: Mark, depth: Int) throws(YAMLError) -> Anchored {
        var nodes: [Node] = []
        var weight = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let element = try node(from: event, depth: depth)
            nodes.append(element.node)
            weight += element.weight
            height = max(height, element.height)
        }
        return Anchored(
            node: Node(.sequence(nodes), mark: mark), weight: weight, height: height + 1)
    }

    private mutating func mapping(at mark: Mark, depth: Int) throws(YAMLError) -> Anchored {
        var entries: [(key: Node, value: Node)] = []
        var places: [String: Mark] = [:]
        var weight = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try node(from: event, depth: depth).node
            guard let name = key.text else {
                throw YAMLError(mark: event.mark, message: "a key must be a scalar")
            }
            if let first = places.updateValue(event.mark, forKey: name) {
                throw YAMLError(
                    mark: event.mark,
                    message: "the key \"\(name)\" is already given on line \(first.line)")
            }
            let value = try node(from: events.next(), depth: depth)
            entries.append((key, value.node))
            weight += value.weight + 1
            height = max(height, value.height)
        }
        return Anchored(
            node: Node(.mapping(entries), mark: mark), weight: weight, height: height + 1)
    }

    /// An anchor is known once its node is finished, so a node cannot hold itself.
    private mutating func resolve(
        _ name: String, at mark: Mark, depth: Int
    ) throws(YAMLError) -> Anchored {
        guard let target = anchors[name] else {
            throw YAMLError(
                mark: mark,
                message: "the alias \"*\(name)\" has no anchor \"&\(name)\" that ends before it")
        }
        try checkDepth(depth + target.height, at: mark)
        aliasedNodes += target.weight
        guard aliasedNodes <= limits.aliasedNodes else {
            throw YAMLError(
                mark: mark,
                message: "aliases stand for more than \(limits.aliasedNodes) nodes in sum")
        }
        return target
    }

    private func checkDepth(_ depth: Int, at mark: Mark) throws(YAMLError) {
        guard depth <= limits.depth else {
            throw YAMLError(
                mark: mark, message: "more than \(limits.depth) levels inside one another")
        }
    }
}
