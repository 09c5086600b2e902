package import Processes

/// The image that a Dockerfile's last stage is built on, by what the Dockerfile says
/// (https://docs.docker.com/reference/dockerfile/#from).
package enum BaseImage {
    /// - Parameter arguments: of the build.
    /// - Returns: nil where it is `scratch`, or cannot be determined.
    package static func name(_ dockerfile: String, arguments: [String: String]) -> String? {
        read(dockerfile, arguments: arguments).last
    }

    /// All images that stages of the Dockerfile are built on, each once, but for `scratch` and those that cannot be
    /// determined.
    package static func names(_ dockerfile: String, arguments: [String: String]) -> [String] {
        read(dockerfile, arguments: arguments).all
    }

    /// Where the last stage works (WORKDIR), absolute; nil where it names none in plain words.
    package static func workingFolder(_ dockerfile: String) -> String? {
        var folder: String?
        for line in logicalLines(dockerfile) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            switch words.first?.uppercased() {
            case "FROM": folder = nil
            case "WORKDIR" where words.count == 2:
                let path = words[1].filter { $0 != "\"" }
                folder = path.hasPrefix("/") && !path.contains("$") ? path : nil
            default: continue
            }
        }
        return folder
    }

    private static func read(
        _ dockerfile: String, arguments: [String: String]
    ) -> (last: String?, all: [String]) {
        var all: [String] = []
        var values: [String: String] = [:]
        var stages: [String: String] = [:]
        var last: String?
        var hasStage = false
        // Docker passes over a byte order mark.
        let start = dockerfile.unicodeScalars.first == "\u{FEFF}" ? 1 : 0
        for line in logicalLines(String(dockerfile.unicodeScalars.dropFirst(start))) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let instruction = words.first?.uppercased() else { continue }
            // Only arguments before the first stage can stand in its name.
            if instruction == "ARG", !hasStage {
                for word in words.dropFirst() {
                    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                    let value = parts.count > 1 ? parts[1].filter { $0 != "\"" && $0 != "'" } : nil
                    values[parts[0]] = arguments[parts[0]] ?? value
                }
            }
            guard instruction == "FROM" else { continue }
            hasStage = true
            let rest = words.dropFirst().drop { $0.hasPrefix("--") }
            guard let text = rest.first, let name = expanded(text, values) else {
                last = nil
                continue
            }
            last = stages[name.lowercased()] ?? name
            let isNew = stages[name.lowercased()] == nil && name != "scratch" && !all.contains(name)
            if isNew { all.append(name) }
            let alias = Array(rest.dropFirst())
            if alias.count == 2, alias[0].uppercased() == "AS" {
                stages[alias[1].lowercased()] = last
            }
        }
        return (last == "scratch" ? nil : last, all)
    }

    private static func logicalLines(_ text: String) -> [String] {
        var lines: [String] = []
        var open = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.drop { $0.isWhitespace }
            if words.first == "#" { continue }
            if words.last == "\\" {
                open += words.dropLast() + " "
            } else {
                lines.append(open + words)
                open = ""
            }
        }
        return open.isEmpty ? lines : lines + [open]
    }

    /// `$NAME`, `${NAME}`, `${NAME:-default}`; nil for other forms and unknown names.
    private static func expanded(_ text: String, _ values: [String: String]) -> String? {
        var made = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            made += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else { return nil }
                let inner = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                let name = inner.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                let tail = inner[name.endIndex...]
                let value = values[String(name)].flatMap {
                    $0.isEmpty && tail.hasPrefix(":") ? nil : $0
                }
                if let value {
                    made += value
                } else if tail.hasPrefix(":-") {
                    made += tail.dropFirst(2)
                } else {
                    return nil
                }
            } else {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                guard let value = values[String(name)] else { return nil }
                made += value
                rest = rest[name.endIndex...]
            }
        }
        return made + rest
    }
}

extension DockerEngine {
    /// How many layers an image has from the one that it was built on; nil where that one is not on this machine,
    /// or is another one by now.
    package func layers(
        of image: String, from base: String, cancel: Cancellation? = nil
    ) throws(DockerError) -> Int? {
        guard let built = try self.image(image, cancel: cancel),
            let below = try self.image(base, cancel: cancel), !below.layers.isEmpty,
            built.layers.starts(with: below.layers)
        else { return nil }
        return below.layers.count
    }
}
