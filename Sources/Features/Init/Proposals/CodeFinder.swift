/// Files of code that a program depends on beside its own, as far as its text names them.
struct CodeFinder {
    private let facts: SiteFacts

    init(_ facts: SiteFacts) {
        self.facts = facts
    }

    struct Found {
        var patterns: [String] = []
        /// The folder that Python has to search for the site's own modules.
        var searchPath: String?
    }

    func code(of script: ScriptFacts) -> Found {
        var found = Found()
        let own = Path.parent(script.path)
        for module in script.imported {
            for folder in [own, "", "src"] {
                guard let pattern = pattern(of: module, in: folder) else { continue }
                if !found.patterns.contains(pattern) { found.patterns.append(pattern) }
                // Python looks beside the program by itself.
                if folder != own { found.searchPath = folder.isEmpty ? "." : folder }
                break
            }
        }
        for path in script.mentioned
        where FileEndings.isCode(path) && facts.files.contains(path) && path != script.path {
            found.patterns.append(StageProposer.escaped(path))
        }
        if script.language == .make { found.patterns.append(StageProposer.escaped(script.path)) }
        found.patterns += Self.libraries(script.language).filter(facts.files.contains)
        return found
    }

    private func pattern(of name: String, in folder: String) -> String? {
        let path = Path.join(folder, name)
        if let package = facts.folders[path], package.codeFiles > 0 {
            return StageProposer.escaped(path) + "/**/*.py"
        }
        return facts.files.contains(path + ".py") ? StageProposer.escaped(path) + ".py" : nil
    }

    /// Files that say which libraries there are, and so decide what is written.
    private static func libraries(_ language: ScriptFacts.Language) -> [String] {
        switch language {
        case .python:
            ["requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock", "environment.yml"]
        case .r: ["renv.lock", "DESCRIPTION"]
        case .shell, .make: []
        }
    }
}
