/// Values as they stand in YAML, so that every text is read back as just that text.
package enum YAMLText {
    /// Plain where nobody could take it for anything else, double-quoted otherwise
    /// (YAML 1.2.2, sections 7.3.1 and 7.3.3).
    package static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A list in one line.
    package static func list(_ values: [String]) -> String {
        "[" + values.map(scalar).joined(separator: ", ") + "]"
    }

    /// A mapping in one line, by the order of its keys.
    static func mapping(_ values: [String: String]) -> String {
        let pairs = values.sorted { $0.key < $1.key }.map {
            "\(scalar($0.key)): \(scalar($0.value))"
        }
        return "{ " + pairs.joined(separator: ", ") + " }"
    }

    /// One value, or a list of several.
    package static func oneOrMore(_ values: [String]) -> String {
        values.count == 1 ? scalar(values[0]) : list(values)
    }

    /// In double quotes, with everything escaped that could move a cursor, end a line or turn the
    /// direction of writing: for comments and messages too.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isUnsafe(scalar): result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A name within a sentence: as it is where it is an ordinary one.
    package static func name(_ text: String) -> String {
        let isOrdinary =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                isWord($0) || "./-*+@:".unicodeScalars.contains($0)
            }
        return isOrdinary ? text : quoted(text)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let width = scalar.value <= 0xFF ? 2 : scalar.value <= 0xFFFF ? 4 : 8
        let letter = width == 2 ? "x" : width == 4 ? "u" : "U"
        return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .format, .privateUse,
            .unassigned:
            true
        default: false
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            || ("0"..."9").contains(scalar) || scalar == "_"
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isWord(first) || first == "." || first == "/",
            !("0"..."9").contains(first),
            text.unicodeScalars.allSatisfy({ isWord($0) || "./-+".unicodeScalars.contains($0) })
        else { return false }
        let second = text.unicodeScalars.dropFirst().first
        if first == ".", let second,
            ("0"..."9").contains(second) || text.count > 1 && isDotWord(text)
        {
            return false
        }
        return !words.contains(text.lowercased())
    }

    private static func isDotWord(_ text: String) -> Bool {
        [".inf", ".nan"].contains(text.lowercased())
    }

    /// Also the words of YAML 1.1, which other programs may read.
    private static let words: Set = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n",
    ]
}
