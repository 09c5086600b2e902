import Texts

/// The command line that starts a program.
struct StepCommand {
    private let facts: SiteFacts

    init(_ facts: SiteFacts) {
        self.facts = facts
    }

    /// The project's own Python, else the one on PATH.
    var python: String { facts.python ?? "python3" }

    func command(of program: Program) -> (words: [String], environment: [String: String]) {
        var environment = program.variables
        if let folder = searchPath(program), environment["PYTHONPATH"] == nil {
            environment["PYTHONPATH"] = folder.isEmpty ? "." : folder
        }
        switch program.language {
        case .python, .r:
            let inside = below(program.path, program.folder)
            let path = inside.hasPrefix("-") ? "./" + inside : inside
            let start = program.language == .r ? "Rscript" : pythonFrom(program.folder)
            let words = [start, path] + (program.words ?? [])
            return (inFolder(program.folder, words), environment)
        case .shell:
            let text = facts.texts[program.path] ?? ""
            let path = program.path.hasPrefix("-") ? "./" + program.path : program.path
            return ([text.prefix(40).contains("bash") ? "bash" : "sh", path], environment)
        case .make:
            if let words = program.words {
                return (inFolder(program.folder, ownPython(words)), environment)
            }
            let folder = program.folder
            return (
                ["make"] + (folder.isEmpty ? [] : ["-C", folder]) + [program.target ?? "all"],
                [:]
            )
        case .snakemake:
            return (inFolder(program.folder, program.words ?? ["snakemake"]), environment)
        case .dvc:
            return (inFolder(program.folder, ownPython(program.words ?? [])), environment)
        case .notebook, .quarto:
            return (inFolder(program.folder, program.words ?? ["quarto", "render"]), environment)
        }
    }

    /// The first word is the program.
    private func ownPython(_ words: [String]) -> [String] {
        guard let first = words.first, ["python", "python3"].contains(first) else { return words }
        return [python] + words.dropFirst()
    }

    private func pythonFrom(_ folder: String) -> String {
        guard let own = facts.python, !folder.isEmpty else { return python }
        return String(repeating: "../", count: Path.depth(folder) + 1) + own
    }

    private func below(_ path: String, _ folder: String) -> String {
        guard !folder.isEmpty else { return path }
        guard Path.isWithin(path, folder) else {
            return String(repeating: "../", count: Path.depth(folder) + 1) + path
        }
        return String(path.dropFirst(folder.count + 1))
    }

    /// A shell goes to the folder first; nothing of the words is read by it.
    private func inFolder(_ folder: String, _ words: [String]) -> [String] {
        folder.isEmpty
            ? words : ["sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder] + words
    }

    /// The folder that Python has to search for modules of the site, beside the program's own.
    private func searchPath(_ program: Program) -> String? {
        guard program.language == .python, program.folder.isEmpty else { return nil }
        let own = Path.parent(program.path)
        guard !own.isEmpty else { return nil }
        for path in program.code where path.hasSuffix(".py") {
            if Path.isWithin(path, own) { continue }
            let isSource = path.hasPrefix("src/") && !own.hasPrefix("src")
            return isSource ? "src" : ""
        }
        return nil
    }
}
