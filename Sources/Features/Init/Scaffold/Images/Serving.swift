import Texts

/// Programs that serve a site, as they stand in commands: where they listen, and by what convention.
struct Serving {
    /// The words that start the site.
    let words: [String]
    let environment: [String: String]

    private static let servers: Set = [
        "gunicorn", "uvicorn", "hypercorn", "streamlit", "datasette", "panel", "bokeh", "shiny",
        "waitress-serve", "flask", "voila", "solara", "nginx", "node", "npm", "fastapi", "daphne",
        "shiny-server", "httpd", "caddy",
    ]

    static func isServer(_ words: [String]) -> Bool {
        words.contains {
            servers.contains(Path.name($0)) || $0.contains("runApp") || $0.hasPrefix("app.")
        }
    }

    /// The framework by its program: `streamlit`, `datasette` and the like.
    var program: String? {
        words.lazy.map(Path.name).first { Self.servers.contains($0) }
    }

    /// The port that the words name.
    var port: Int? {
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : ""
            for flag in ["--bind", "-b", "--server.port", "--port", "-p", "--listen"] {
                if word == flag, let port = number(next) { return port }
                if word.hasPrefix(flag + "="),
                    let port = number(String(word.dropFirst(flag.count + 1)))
                {
                    return port
                }
            }
            if let range = word.firstRange(of: "port="),
                let port = number(String(word[range.upperBound...]))
            {
                return port
            }
            // One word with a whole line, as for `sh -c`.
            if word.contains(" ") {
                let inner = word.split(separator: " ").map { DockerfileFacts.unquoted(String($0)) }
                if let port = Serving(words: inner, environment: environment).port { return port }
            }
        }
        return nil
    }

    /// `0.0.0.0:8000`, `:8000`, `8000`, `$PORT`.
    private func number(_ text: String) -> Int? {
        let plain = DockerfileFacts.unquoted(text)
        var last = plain.split(separator: ":").last.map(String.init) ?? plain
        if last.hasPrefix("$") {
            let name = last.filter { $0.isLetter || $0.isNumber || $0 == "_" }
            last = environment[name] ?? ""
        }
        let digits = last.prefix { $0.isASCII && $0.isNumber }
        return Int(digits).flatMap { (1...65535).contains($0) ? $0 : nil }
    }

    /// The page of an app that `panel serve` or `bokeh serve` shows alone: the root leads to it.
    var onlyApp: String? {
        guard let serve = words.firstIndex(of: "serve"),
            words.contains(where: { ["panel", "bokeh"].contains(Path.name($0)) })
        else { return nil }
        let apps = words[serve...].filter { $0.hasSuffix(".py") || $0.hasSuffix(".ipynb") }
        guard apps.count == 1, let app = apps.first else { return nil }
        return "/" + Path.name(app).prefix { $0 != "." }
    }

    /// Where a framework listens by default, and its page of health.
    static func convention(_ name: String?) -> (port: Int, health: String?)? {
        switch name {
        case "streamlit": (8501, "/_stcore/health")
        case "datasette": (8001, "/-/versions.json")
        case "panel": (5006, nil)
        case "bokeh": (5006, nil)
        case "shiny-server": (3838, nil)
        case "dash": (8050, nil)
        case "flask": (5000, nil)
        case "gradio": (7860, nil)
        case "nginx", "httpd", "caddy": (80, nil)
        default: nil
        }
    }
}
