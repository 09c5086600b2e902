/// A pattern over project-relative paths: `*` and `?` within one component, `[abc]` and `[a-z]` for one
/// character, `**` for any number of components (`glob(7)` with the usual `**`). A leading dot is
/// matched only by a pattern that spells it.
package struct PathPattern: Hashable, Sendable {
    package let source: String
    let components: [Component]

    enum Component: Hashable, Sendable {
        case anyDepth
        case literal(String)
        case wild(NamePattern)
    }

    package init(_ source: String) {
        self.source = source
        components = PathText.names(source).map { part in
            if part == "**" { return .anyDepth }
            return Self.isWild(part) ? .wild(NamePattern(part, .hidesDots)) : .literal(part)
        }
    }

    /// Whether the pattern holds any wild character; a pattern without is the path itself.
    package var isPattern: Bool { Self.isWild(source) }

    /// The path that this stands for as a whole, with all below it: what has no wild character, and `folder/**`.
    package var wholePath: String? {
        let fixed = components.prefix { if case .literal = $0 { true } else { false } }
        guard !fixed.isEmpty, components[fixed.count...].allSatisfy({ $0 == .anyDepth }) else {
            return nil
        }
        return fixed.map { if case .literal(let name) = $0 { name } else { "" } }
            .joined(separator: "/")
    }

    /// The longest leading folder without a wild character: where a search has to begin.
    package var fixedFolder: String {
        var folders: [String] = []
        for component in components.dropLast() {
            guard case .literal(let name) = component else { break }
            folders.append(name)
        }
        return folders.joined(separator: "/")
    }

    package func matches(_ path: String) -> Bool {
        Self.match(components[...], PathText.names(path)[...])
    }

    private static func isWild(_ text: String) -> Bool {
        text.utf8.contains {
            $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[")
        }
    }

    private static func match(_ pattern: ArraySlice<Component>, _ names: ArraySlice<String>)
        -> Bool
    {
        guard let first = pattern.first else { return names.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case .anyDepth:
            var remaining = names
            while true {
                if match(rest, remaining) { return true }
                guard let name = remaining.popFirst(), name.utf8.first != UInt8(ascii: ".") else {
                    return false
                }
            }
        case .literal(let literal):
            guard let name = names.first, name == literal else { return false }
            return match(rest, names.dropFirst())
        case .wild(let wild):
            guard let name = names.first, wild.matches(name) else {
                return false
            }
            return match(rest, names.dropFirst())
        }
    }
}
