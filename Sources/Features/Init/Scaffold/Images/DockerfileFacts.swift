import Texts

/// What a Dockerfile says about its images: one for each stage of the build.
struct DockerfileFacts {
    /// One stage of a build.
    struct Stage {
        var name: String?
        /// Image or stage that it is made from.
        let base: String
        /// What COPY and ADD take from the build context, and where it comes to lie.
        var copies: [(sources: [String], to: String)] = []
        var port: Int?
        var folder: String?
        var command: [String] = []
        var entrypoint: [String] = []
        var environment: [String: String] = [:]
    }

    /// Path in the site's folder.
    let path: String
    private(set) var stages: [Stage] = []
    /// Defaults of ARG.
    private(set) var arguments: [String: String] = [:]
    /// Arguments without a default.
    private(set) var open: [String] = []

    init(path: String, text: String) {
        self.path = path
        for line in Self.joined(text) { read(line) }
    }

    private mutating func read(_ line: String) {
        let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard let instruction = words.first?.uppercased() else { return }
        let rest = Array(words.dropFirst())
        let text = String(line.dropFirst(words[0].count).drop { $0 == " " || $0 == "\t" })
        switch instruction {
        case "FROM":
            let plain = rest.filter { !$0.hasPrefix("--") }
            let named = plain.count > 2 && plain[1].lowercased() == "as" ? plain[2] : nil
            stages.append(Stage(name: named, base: fill(plain.first ?? "")))
        case "ARG":
            for word in rest {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                if parts.count == 2 {
                    arguments[parts[0]] = Self.unquoted(fill(parts[1]))
                } else {
                    open.append(word)
                }
            }
        case "COPY", "ADD":
            guard !stages.isEmpty else { return }
            let paths = Self.paths(rest)
            guard !rest.contains(where: { $0.hasPrefix("--from") }), let to = paths.last else {
                return
            }
            let sources = paths.dropLast().filter { !$0.isEmpty && !$0.contains("://") }.map {
                path in
                Path.cleaned(path.hasPrefix("/") ? String(path.dropFirst()) : path) ?? path
            }
            stages[stages.count - 1].copies.append((sources, to))
        case "EXPOSE":
            guard !stages.isEmpty, let port = rest.first.map(fill).flatMap(Self.port) else {
                return
            }
            stages[stages.count - 1].port = stages[stages.count - 1].port ?? port
        case "WORKDIR":
            guard !stages.isEmpty, let to = rest.first.map({ Self.unquoted(fill($0)) }) else {
                return
            }
            let above = stages[stages.count - 1].folder ?? ""
            stages[stages.count - 1].folder = to.hasPrefix("/") ? to : above + "/" + to
        case "CMD": if !stages.isEmpty { stages[stages.count - 1].command = command(text) }
        case "ENTRYPOINT":
            if !stages.isEmpty { stages[stages.count - 1].entrypoint = command(text) }
        case "ENV":
            guard !stages.isEmpty else { return }
            if rest.count > 1, !rest[0].contains("=") {
                stages[stages.count - 1].environment[rest[0]] = rest[1]
            }
            for word in rest where word.contains("=") {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                if parts.count == 2 {
                    stages[stages.count - 1].environment[parts[0]] = Self.unquoted(fill(parts[1]))
                }
            }
        default: break
        }
    }

    /// The stage of a name, or the last one, with what it has of those that it is made from.
    func image(_ target: String? = nil) -> Stage? {
        let index =
            target.flatMap { name in
                stages.lastIndex { $0.name?.lowercased() == name.lowercased() }
            } ?? stages.indices.last
        guard let index else { return nil }
        var stage = stages[index]
        guard
            let below = stages[..<index].last(where: { $0.name == stage.base }).flatMap({
                image($0.name)
            })
        else { return stage }
        stage.copies = below.copies + stage.copies
        stage.port = stage.port ?? below.port
        stage.folder = stage.folder ?? below.folder
        if stage.command.isEmpty { stage.command = below.command }
        if stage.entrypoint.isEmpty { stage.entrypoint = below.entrypoint }
        stage.environment.merge(below.environment) { own, _ in own }
        return Stage(
            name: stage.name, base: below.base, copies: stage.copies, port: stage.port,
            folder: stage.folder, command: stage.command, entrypoint: stage.entrypoint,
            environment: stage.environment)
    }

    /// Whether it makes a database or the like, and no site.
    ///
    /// A site may be built upon the image of a cache that it starts beside itself.
    func isService(_ target: String? = nil) -> Bool {
        guard let image = image(target) else { return false }
        let isStarted = (image.command + image.entrypoint).contains { word in
            ["gunicorn", "uvicorn", "streamlit", "python", "python3", "celery", "Rscript"].contains(
                Path.name(word))
        }
        return Self.isService(image.base) && !isStarted
    }

    static func isService(_ image: String) -> Bool {
        let name = image.split(separator: "/").last.map(String.init) ?? image
        let plain = name.prefix { $0 != ":" && $0 != "@" }
        return [
            "postgres", "postgis", "mysql", "mariadb", "redis", "mongo", "elasticsearch", "neo4j",
            "timescaledb", "rabbitmq", "minio", "memcached", "adminer", "pgadmin4",
            "clickhouse-server",
            "localstack", "mlflow", "grafana", "prometheus", "certbot", "traefik", "caddy",
            "nginx-proxy",
        ].contains(String(plain))
    }

    private func fill(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let letter = rest.popFirst() {
            guard letter == "$" else {
                result.append(letter)
                continue
            }
            let isBraced = rest.first == "{"
            if isBraced { rest.removeFirst() }
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            rest = rest.dropFirst(name.count)
            var fallback = ""
            if isBraced, let end = rest.firstIndex(of: "}") {
                fallback = String(rest[..<end].drop { $0 == ":" || $0 == "-" })
                rest = rest[rest.index(after: end)...]
            }
            let own = stages.last?.environment[name]
            result += own ?? arguments[name] ?? fallback
        }
        return result
    }

    /// The words of CMD: its JSON form, or a line for a shell.
    private func command(_ text: String) -> [String] {
        if text.hasPrefix("[") {
            return text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { fill(String($0.element)) }
        }
        return text.split { $0 == " " || $0 == "\t" }.map { Self.unquoted(fill(String($0))) }
    }

    static func unquoted(_ text: String) -> String {
        guard text.count > 1, let first = text.first, first == "\"" || first == "'",
            text.last == first
        else { return text }
        return String(text.dropFirst().dropLast())
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

    private static func paths(_ words: [String]) -> [String] {
        words.filter { !$0.hasPrefix("--") }.map { word in
            String(word.filter { !"[]\",".contains($0) })
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
            || name.hasSuffix(".dockerfile") || name.hasPrefix("dockerfile-")
            || name.hasPrefix("dockerfile_")
    }
}
