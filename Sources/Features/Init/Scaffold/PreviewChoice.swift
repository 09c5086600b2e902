import Texts

/// How a site without a Dockerfile is started: as a process, by the program of its framework.
struct PreviewChoice {
    /// With `{port}` and `{root}` to be filled.
    let command: [String]
    /// Why it starts so, as a sentence.
    let reason: String

    /// The port of this machine that the proposal names.
    static let port = 8000

    /// Nil where no program serves, or where it is not known which one starts.
    init?(_ facts: SiteFacts, _ reads: SiteReads, data: [String]) {
        guard !data.isEmpty else { return nil }
        if let line = Self.web(facts) {
            command = Self.shell(line, python: Self.python(facts))
            reason = "It starts as Procfile says."
            return
        }
        guard let framework = reads.framework else { return nil }
        let serving = reads.programs.filter { program in
            program.framework == framework
                && !Path.parent(program.path).split(separator: "/").contains("pages")
        }
        let told = serving.filter { program in
            facts.texts.contains { path, text in
                Path.parent(path).isEmpty && Self.isProse(path)
                    && text.split(whereSeparator: \.isWhitespace).contains { $0 == program.path }
            }
        }
        guard let entry = serving.count == 1 ? serving.first : told.first,
            serving.count == 1 || told.count == 1,
            let words = Self.words(framework, entry, python: Self.python(facts))
        else { return nil }
        command = words
        reason =
            "\(YAMLText.name(entry.path)) starts as \(SiteChoice.title(framework)) sites do."
    }

    /// The line of a Procfile that starts the site at the port of the variable PORT; nil where there is none.
    private static func web(_ facts: SiteFacts) -> String? {
        let line = (facts.texts["Procfile"] ?? "").split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("web:") }
        let words = (line?.dropFirst(4) ?? "").split(separator: " ")
        guard let program = words.first, !program.contains("=") else { return nil }
        guard
            program != "gunicorn"
                || words.contains(where: {
                    ["-b", "--bind"].contains($0) || $0.hasPrefix("--bind=")
                })
        else {
            // Without an address it listens at that of every network.
            return (["gunicorn", "--bind", "127.0.0.1:$PORT"] + words.dropFirst()).joined(
                separator: " ")
        }
        return words.contains { $0.contains("$PORT") || $0.contains("${PORT}") }
            ? words.joined(separator: " ") : nil
    }

    private static func shell(_ line: String, python: String) -> [String] {
        let text = StageProposer.withoutPlaces(line)
        guard python.hasSuffix("/bin/python") else { return ["sh", "-c", "exec \(text)"] }
        return [
            "sh", "-c", "PATH=\"$0:$PATH\" exec \(text)", String(python.dropLast("/python".count)),
        ]
    }

    private static func isProse(_ path: String) -> Bool {
        path.lowercased().hasPrefix("readme") || path == "Procfile"
    }

    /// The environment that the packages are installed into, or will be.
    private static func python(_ facts: SiteFacts) -> String {
        if let own = facts.python { return "{root}/\(StageProposer.withoutPlaces(own))" }
        let isVirtual = ["requirements.txt", "uv.lock"].contains(where: facts.files.contains)
        return isVirtual ? "{root}/.venv/bin/python" : "python3"
    }

    private static func words(
        _ framework: String, _ entry: Program, python: String
    ) -> [String]? {
        let path = StageProposer.withoutPlaces(entry.path)
        let here = "127.0.0.1"
        switch (framework, entry.language) {
        case ("streamlit", .python):
            return [
                python, "-m", "streamlit", "run", path, "--server.port", "{port}",
                "--server.address", here, "--server.headless", "true",
            ]
        case ("panel", .python):
            return [
                python, "-m", "panel", "serve", path, "--port", "{port}", "--address", here,
                "--allow-websocket-origin", "\(here):\(port)",
                "--allow-websocket-origin", "localhost:\(port)",
            ]
        case ("shiny", .python):
            return [python, "-m", "shiny", "run", "--host", here, "--port", "{port}", path]
        case ("shiny", .r):
            let folder = Path.parent(path)
            return [
                "Rscript", "-e",
                "shiny::runApp(\"\(folder.isEmpty ? "." : folder)\", host = \"\(here)\", port = {port})",
            ]
        default: return nil
        }
    }
}
