/// Text with named places, such as `data/{condition}_{fdr:02}.feather`.
///
/// `{name}` is replaced by a value; `{name:02}` pads a whole number with zeros to that width;
/// `{{` and `}}` stand for the braces themselves.
package struct Template: Hashable, Sendable {
    package enum Segment: Hashable, Sendable {
        case literal(String)
        case place(name: String, width: Int)
    }

    package let source: String
    package let segments: [Segment]

    package struct Malformed: Error, Equatable {
        package let message: String
    }

    package init(_ source: String) throws(Malformed) {
        self.source = source
        segments = try Self.parse(source)
    }

    /// The names that must have a value, in order of appearance.
    package var places: [String] {
        segments.compactMap { segment in
            if case .place(let name, _) = segment { name } else { nil }
        }
    }

    /// The text with every place filled by `value(name, width)`; nil where a value is missing.
    package func filled(_ value: (String, Int) -> String?) -> String? {
        var text = ""
        for segment in segments {
            switch segment {
            case .literal(let literal): text += literal
            case .place(let name, let width):
                guard let filling = value(name, width) else { return nil }
                text += filling
            }
        }
        return text
    }

    private static func parse(_ source: String) throws(Malformed) -> [Segment] {
        var segments: [Segment] = []
        var literal = ""
        var rest = source[...]
        while let character = rest.popFirst() {
            if (character == "{" || character == "}") && rest.first == character {
                rest.removeFirst()
                literal.append(character)
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Malformed(message: "\"{\" without \"}\" in \"\(source)\"")
                }
                if !literal.isEmpty { segments.append(.literal(literal)) }
                literal = ""
                segments.append(try place(rest[..<end], in: source))
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                throw Malformed(message: "\"}\" without \"{\" in \"\(source)\"")
            } else {
                literal.append(character)
            }
        }
        if !literal.isEmpty { segments.append(.literal(literal)) }
        return segments
    }

    private static func place(_ text: Substring, in source: String) throws(Malformed) -> Segment {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard isName(name) else {
            throw Malformed(message: "\"{\(text)}\" in \"\(source)\" is not a name in braces")
        }
        guard parts.count == 2 else { return .place(name: name, width: 0) }
        guard parts[1].first == "0", let width = Int(parts[1]), (1...20).contains(width) else {
            throw Malformed(
                message: "\"{\(text)}\" in \"\(source)\": after the colon stands a width like 02")
        }
        return .place(name: name, width: width)
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0 == "_" || ("a"..."z").contains($0) || ("A"..."Z").contains($0)
                    || ("0"..."9").contains($0)
            }
    }
}
