/// What the site itself reads, when a visitor comes or when it starts: as far as its programs tell.
struct SiteReads {
    /// Programs that serve, and those that they consist of.
    let programs: [Program]
    let reads: [Program.Access]
    /// Whether any program of the site could be read.
    var isKnown: Bool { !programs.isEmpty }
    var framework: String? { programs.lazy.compactMap(\.framework).first }
    /// The file that starts it.
    var entry: String? { programs.first?.path }

    /// - Parameters:
    ///   - folder: the folder below which the site lies, `""` for the project's own.
    ///   - words: of the command that starts it, where one is known.
    init(_ facts: SiteFacts, folder: String, words: [String]) {
        let inside = facts.programs.filter {
            [.python, .r, .quarto].contains($0.language) && Path.isBelow($0.path, folder)
        }
        let named = inside.filter { Self.starts($0.path, words, folder) }
        let serving = inside.filter { $0.framework != nil && !Self.isTest($0.path) }
        let entries = named.isEmpty ? serving : named
        var paths = Set(entries.map(\.path)).union(entries.flatMap(\.code))
        // Frameworks with pages find them by their folder; Shiny reads what lies beside.
        for entry in entries {
            let pages = Path.join(Path.parent(entry.path), "pages")
            let isShiny = ["app.R", "server.R", "ui.R"].contains(Path.name(entry.path))
            for program in inside
            where Path.parent(program.path) == pages
                || (isShiny && Path.isBelow(program.path, Path.parent(entry.path))
                    && program.language == .r)
            {
                paths.insert(program.path)
                paths.formUnion(program.code)
            }
        }
        let first = entries.map(\.path)
        let others = paths.subtracting(first).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        programs = (first + others).compactMap { path in inside.first { $0.path == path } }
        let pages = programs.filter { first.contains($0.path) || $0.path.contains("pages/") }
        let isShiny = entries.contains { $0.language == .r }
        reads = (isShiny ? programs : pages).flatMap { program in
            program.accesses.filter { access in
                [.read, .list].contains(access.action)
                    // A page that also draws a stage's file: what visitors reach counts alone.
                    && (first.contains(program.path) || access.isPossible || isShiny)
            }
        }
    }

    private static func starts(_ path: String, _ words: [String], _ folder: String) -> Bool {
        let inside = folder.isEmpty ? path : String(path.dropFirst(folder.count + 1))
        let module = Path.stem(inside)
        return words.contains { word in
            let plain = word.hasPrefix("./") ? String(word.dropFirst(2)) : word
            if plain == inside || plain.hasSuffix("/" + inside) { return true }
            guard let colon = plain.firstIndex(of: ":") else { return false }
            let dotted = String(plain[..<colon]).split(separator: ".").joined(separator: "/")
            return dotted + ".py" == inside || dotted + "/__init__.py" == inside
                || (dotted == module && Path.name(inside) == module + ".py"
                    && !inside.contains("/"))
                || inside.hasSuffix("/" + dotted + ".py")
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
