/// What a Dockerfile says about the image, as far as lines tell (no stage of a build is followed).
struct DockerfileFacts {
    /// Path in the site's folder.
    let path: String
    /// What COPY and ADD take from the build context.
    private(set) var sources: [String] = []
    private(set) var port: Int?
    private(set) var folder: String?

    init(path: String, text: String) {
        self.path = path
        for line in Self.joined(text) {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let instruction = words.first?.uppercased() else { continue }
            switch instruction {
            case "COPY", "ADD": sources += Self.sources(Array(words.dropFirst()))
            case "EXPOSE": port = port ?? words.dropFirst().first.flatMap(Self.port)
            case "WORKDIR": if let to = words.dropFirst().first, to.hasPrefix("/") { folder = to }
            default: break
            }
        }
    }

    /// Lines with those that a backslash continues; without comments.
    private static func joined(_ text: String) -> [String] {
        var lines: [String] = []
        var open = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.first == "#" { continue }
            if trimmed.last == "\\" {
                open += trimmed.dropLast() + " "
            } else {
                lines.append(open + trimmed)
                open = ""
            }
        }
        return lines
    }

    private static func sources(_ words: [String]) -> [String] {
        if words.contains(where: { $0.hasPrefix("--from") }) { return [] }
        let paths = words.filter { !$0.hasPrefix("--") }.map { word in
            String(word.filter { !"[]\",".contains($0) })
        }
        return paths.dropLast().filter { !$0.isEmpty && !$0.contains("://") }.map { path in
            Path.cleaned(path.hasPrefix("/") ? String(path.dropFirst()) : path) ?? path
        }
    }

    private static func port(_ word: String) -> Int? {
        word.split(separator: "/").first.flatMap { Int($0) }.flatMap {
            (1...65535).contains($0) ? $0 : nil
        }
    }

    static func isDockerfile(_ path: String) -> Bool {
        let name = Path.name(path).lowercased()
        if name.hasSuffix(".dockerignore") { return false }
        return name == "dockerfile" || name.hasPrefix("dockerfile.")
            || name.hasSuffix(".dockerfile")
    }
}
