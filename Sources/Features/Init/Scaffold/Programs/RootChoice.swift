/// Folders outside of the project that stages read: as `roots` of the definition.
struct RootChoice {
    /// A folder as programs write it, its name under `roots`, and where it lies here.
    private struct Root: Hashable {
        let written: String
        let name: String
        let path: String
    }

    private let roots: [Root]

    init(_ facts: SiteFacts) {
        let known = facts.outside.filter { Self.isData($0.value) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        // What lies in another one is read through that.
        let outer = known.filter { one in
            !known.contains { $0.key != one.key && Path.isWithin(one.key, $0.key) }
        }
        var roots: [Root] = []
        for (written, path) in outer {
            let same = roots.first { $0.path == path }?.name
            var name = same ?? SiteChoice.plainName(Path.name(path)) ?? "raw"
            while same == nil, roots.contains(where: { $0.name == name }) { name += "-2" }
            roots.append(Root(written: written, name: name, path: path))
        }
        self.roots = roots
    }

    /// What every machine has of its own is no data of a project.
    private static func isData(_ path: String) -> Bool {
        let first = path.split(separator: "/").first.map(String.init) ?? ""
        return path != "/"
            && ![
                "bin", "boot", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "sys", "usr",
            ].contains(first)
    }

    /// How an input names what a program reads; nil where it lies in no root.
    func input(_ path: PathTemplate) -> String? {
        guard let root = roots.first(where: { path.isWithin($0.written) }) else { return nil }
        if path.source == root.written { return "roots:\(root.name)" }
        guard path.source.hasPrefix(root.written + "/") else { return nil }
        let rest = String(path.source.dropFirst(root.written.count + 1))
        let inner = path.isGlob ? PathTemplate(glob: rest) : PathTemplate(rest)
        return "roots:\(root.name)/\(inner.pattern)"
    }

    /// The roots that these inputs name: name and folder, by name.
    func used(by inputs: [String]) -> [(name: String, path: String)] {
        let names = Set(inputs.map { String($0.dropFirst("roots:".count).prefix { $0 != "/" }) })
        var found: [String: String] = [:]
        for root in roots where names.contains(root.name) { found[root.name] = root.path }
        return found.sorted { $0.key < $1.key }.map { (name: $0.key, path: $0.value) }
    }
}

extension PathTemplate {
    /// What may be the folder that is read: the path itself, and the folder that all such files lie in.
    package var places: [String] { [constant, folder].compactMap(\.self).filter { !$0.isEmpty } }
}

extension SiteFacts {
    /// What programs read outside of the folder, each once.
    package var outsideReads: [PathTemplate] {
        var found: [PathTemplate] = []
        for access in programs.flatMap(\.reads) where access.isOutside {
            if !found.contains(access.path) { found.append(access.path) }
        }
        return found
    }

    /// The same with absolute paths of this very folder read as paths in it.
    package func withOwnPaths(root: String, home: String?) -> SiteFacts {
        var places = [(from: "", to: root)]
        if let home, Path.isWithin(root, home) {
            places.append((from: "", to: "~" + root.dropFirst(home.count)))
        }
        var facts = self
        facts.programs = programs.map { program in
            var own = program
            own.accesses = program.accesses.map { access in
                let inside = access.inside(places)
                if access.isOutside, !inside.isOutside,
                    !facts.absolutePlaces.contains(access.place)
                {
                    facts.absolutePlaces.append(access.place)
                }
                return inside
            }
            own.visited = program.visited?.map { $0.inside(places) }
            own.moves = program.moves.filter { $0.inside(places).isOutside }
            return own
        }
        return facts
    }
}
