import Texts

/// What the site itself reads, when a visitor comes or when it starts: as far as its programs tell.
struct SiteReads {
    /// Programs that serve, and those that they consist of.
    let programs: [Program]
    let reads: [Program.Access]
    /// Whether it is known which files of the project it reads, and that these are all.
    var isComplete: Bool {
        reads.contains(where: \.isInside)
            && !reads.contains {
                !$0.isInside && !$0.isOutside && !$0.path.source.contains("://")
            }
    }
    /// Whether any program of the site could be read.
    var isKnown: Bool { !programs.isEmpty || !reads.isEmpty }
    var framework: String? { programs.lazy.compactMap(\.framework).first }
    /// The file that starts it.
    var entry: String? { programs.first?.path }

    /// - Parameters:
    ///   - context: the folder that its image is built from, `""` for the project's own.
    ///   - words: of the command that starts it, where one is known.
    ///   - workingFolder: where the command runs in the container, absolute.
    ///   - mounts: folders of the project, and where the container sees them.
    init(
        _ facts: SiteFacts, context: String, words: [String], workingFolder: String?,
        mounts: [(from: String, to: String)]
    ) {
        let inside = facts.programs.filter {
            [.python, .r, .quarto].contains($0.language)
        }
        let named = inside.filter { Self.starts($0.path, words, context) }
        let serving = inside.filter { $0.framework != nil && !Self.isTest($0.path) }
        let entries = named.isEmpty ? serving : named
        var paths = Set(entries.map(\.path)).union(entries.flatMap(\.code))
        // Frameworks with pages find them by their folder; Shiny reads what lies beside.
        for entry in entries {
            let pages = Path.join(Path.parent(entry.path), "pages")
            let isShiny = Self.shiny.contains(Path.name(entry.path))
            for program in inside
            where Path.parent(program.path) == pages
                || (isShiny && Self.belongs(program, to: entry))
            {
                paths.insert(program.path)
                paths.formUnion(program.code)
            }
        }
        let first = entries.map(\.path)
        let others = paths.subtracting(first).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        programs = (first + others).compactMap { path in inside.first { $0.path == path } }
        let isShiny = entries.contains { $0.language == .r }
        let visited = programs.filter {
            isShiny || first.contains($0.path) || Path.name(Path.parent($0.path)) == "pages"
        }
        let places = mounts + (workingFolder.map { [(from: context, to: $0)] } ?? [])
        reads =
            Self.files(words, context, workingFolder)
            + visited.flatMap { program in
                (program.visited ?? program.accesses)
                    .filter { [.read, .list].contains($0.action) }.map { $0.inside(places) }
            }
    }

    private static let shiny: Set = ["app.R", "server.R", "ui.R", "global.R"]

    /// Files that Shiny loads beside the one that starts it.
    private static func belongs(_ program: Program, to entry: Program) -> Bool {
        let folder = Path.parent(entry.path)
        return program.language == .r
            && (Path.parent(program.path) == Path.join(folder, "R")
                || Path.parent(program.path) == folder && shiny.contains(Path.name(program.path)))
    }

    /// Files that the command itself names, such as the database of Datasette.
    private static func files(
        _ words: [String], _ folder: String, _ workingFolder: String?
    ) -> [Program.Access] {
        words.dropFirst().compactMap { word in
            var path = word
            if let workingFolder, path.hasPrefix(workingFolder + "/") {
                path = String(path.dropFirst(workingFolder.count + 1))
            }
            guard let clean = Path.cleaned(path), !word.hasPrefix("-"),
                FileEndings.isData(clean), clean.contains("/") || FileEndings.ending(clean) == "db"
            else { return nil }
            let text = StageProposer.withoutPlaces(Path.join(folder, clean))
            return Program.Access(.read, text, file: "Dockerfile", line: 0)
        }
    }

    /// Whether a command names a file, from the project's folder or from that of the image's context.
    private static func starts(_ path: String, _ words: [String], _ context: String) -> Bool {
        var names = [path]
        if !context.isEmpty, Path.isWithin(path, context) {
            names.append(String(path.dropFirst(context.count + 1)))
        }
        return words.contains { word in
            let plain = word.hasPrefix("./") ? String(word.dropFirst(2)) : word
            let module = plain.firstIndex(of: ":").map {
                plain[..<$0].split(separator: ".").joined(separator: "/")
            }
            return names.contains { name in
                if plain == name || plain.hasSuffix("/" + name) { return true }
                guard let module, !module.isEmpty else { return false }
                return [module + ".py", module + "/__init__.py"].contains {
                    $0 == name || name.hasSuffix("/" + $0)
                }
            }
        }
    }

    static func isTest(_ path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/").map(String.init)
        let folders = Set(parts.dropLast())
        if !folders.isDisjoint(with: ["test", "tests", "docs", "doc", "examples", "benchmarks"]) {
            return true
        }
        let name = parts.last ?? ""
        return name.hasPrefix("test_") || name.hasSuffix("_test.py") || name == "conftest.py"
            || name == "setup.py" || name == "noxfile.py"
    }
}

extension Path {
    /// Whether a path lies in a folder; all do in `""`.
    static func isBelow(_ path: String, _ folder: String) -> Bool {
        folder.isEmpty || isWithin(path, folder)
    }
}
