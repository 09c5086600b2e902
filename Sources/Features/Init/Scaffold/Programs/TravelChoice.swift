/// Which data a release takes along: what the site reads, and not what only the compile reads.
struct TravelChoice {
    struct Mount: Equatable {
        let from: String
        let to: String
    }

    /// Folders whose files are sent, sorted; none lies in another.
    let folders: [String]
    /// What stays behind of them, as patterns.
    let excluded: [String]
    /// Folders of the site that are part of its image.
    let inImage: [String]
    /// Paths that the site reads and that cannot reach it.
    let problems: [String]

    /// - Parameters:
    ///   - data: folders that hold data, by their names and by what is in them.
    ///   - rendered: folders that hold a rendered site, where no image serves them.
    ///   - mounted: folders that a compose file mounts into the site's container.
    ///   - isBaked: whether the image takes a folder from its context by name.
    init(
        _ facts: SiteFacts, _ site: SiteReads, _ steps: [Step], data: DataFinder,
        rendered: [String], mounted: [String], isBaked: (String) -> Bool
    ) {
        let reads = site.reads.filter { $0.isInside && !FileEndings.isCode($0.path.source) }
            .map(\.path)
        let written = steps.flatMap(\.writes)
        var wanted: Set<String> = []
        for path in reads {
            let isFolder = path.constant.map { facts.folders[$0] != nil } ?? false
            let folder = isFolder ? path.source : path.folder
            // A folder that there is, or that a stage makes; a cache of the site's own is neither.
            let isThere = facts.folders[folder] != nil || written.contains { $0.isWithin(folder) }
            if !folder.isEmpty, isThere, !Self.isOwn(folder) { wanted.insert(folder) }
        }
        // Pages that are rendered are the whole site.
        if wanted.isEmpty, !rendered.isEmpty { wanted = Set(rendered) }
        // The container sees just what compose mounts.
        if wanted.isEmpty {
            wanted = Set(
                mounted.filter { folder in
                    let isThere =
                        facts.folders[folder] != nil || written.contains { $0.isWithin(folder) }
                    return isThere && !Self.isOwn(folder) && facts.isWithoutCode(folder)
                })
        }
        if wanted.isEmpty {
            // Nothing is known of what the site reads: folders of data, and what is made.
            wanted = Set(data.folders.filter { !Self.isRaw($0, facts, steps, written) })
            let last = written.filter { path in
                !steps.contains { $0.program.reads.contains { $0.path.meets(path) } }
            }
            for path in last where !path.folder.isEmpty && !(site.isKnown && Self.isScrap(path)) {
                if !wanted.contains(where: { path.isWithin($0) }) { wanted.insert(path.folder) }
            }
        }
        inImage = wanted.filter(isBaked).sorted()
        let chosen = Self.outermost(wanted.filter { !isBaked($0) })
        folders = chosen
        excluded = Self.excluded(facts, chosen, reads, steps, data)
        problems = reads.filter { path in
            guard path.folder.isEmpty, let constant = path.constant else { return false }
            return !facts.files.contains(constant) && !written.contains(path)
        }.map(\.source)
    }

    /// Whether a folder holds nothing but what stages read.
    private static func isRaw(
        _ folder: String, _ facts: SiteFacts, _ steps: [Step], _ written: [PathTemplate]
    ) -> Bool {
        let raw = steps.flatMap(\.reads)
        guard raw.contains(where: { $0.isWithin(folder) }),
            !written.contains(where: { $0.isWithin(folder) })
        else { return false }
        return facts.files.filter { Path.isWithin($0, folder) }.allSatisfy { file in
            let path = PathTemplate(path: file)
            return raw.contains { $0.meets(path) || path.isWithin($0.source) }
        }
    }

    private static func outermost(_ folders: Set<String>) -> [String] {
        folders.filter { folder in
            !folders.contains { $0 != folder && Path.isWithin(folder, $0) }
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Assets and code that belong to the image.
    private static func isOwn(_ folder: String) -> Bool {
        let first = folder.split(separator: "/").first.map(String.init) ?? folder
        let last = Path.name(folder)
        let own: Set = [
            "assets", "static", "templates", "pages", "src", "app", "www", "public", "css", "js",
            "config", "configs", "conf", ".streamlit", "node_modules", "docs", "locales", "fonts",
            "images", "img",
        ]
        return own.contains(first) || own.contains(last) || first.hasPrefix(".")
            || Path.words(first).contains("cache")
    }

    private static func isScrap(_ path: PathTemplate) -> Bool {
        isOwn(path.folder) || Path.words(path.folder).contains("figures")
    }

    // MARK: What stays behind

    private static func excluded(
        _ facts: SiteFacts, _ folders: [String], _ reads: [PathTemplate], _ steps: [Step],
        _ data: DataFinder
    ) -> [String] {
        var excluded: [String] = []
        let written = steps.flatMap(\.writes)
        func isSeen(_ path: PathTemplate) -> Bool { reads.contains { $0.meets(path) } }
        // Raw inputs, where something else is made of them.
        let raw = steps.flatMap(\.reads).filter { read in
            !written.contains { $0.meets(read) } && !isSeen(read)
                && folders.contains { read.isWithin($0) }
        }
        for path in raw + intermediates(steps, reads) {
            guard let folder = folders.first(where: { path.isWithin($0) }) else { continue }
            // The largest folder in which there is nothing else that the site or a stage's output needs.
            var candidate = path.folder
            let isAlone = { (place: String) in
                !place.isEmpty && place != folder && Path.isWithin(place, folder)
                    && !reads.contains {
                        $0.isWithin(place)
                            || Path.isWithin(place, $0.folder) && $0.folder != folder
                                && !$0.folder.isEmpty
                    }
                    && !written.contains { $0.isWithin(place) && isSeen($0) }
            }
            while isAlone(Path.parent(candidate)) { candidate = Path.parent(candidate) }
            let pattern = isAlone(candidate) ? StageProposer.escaped(candidate) : path.pattern
            if !excluded.contains(pattern) { excluded.append(pattern) }
        }
        // By name only where nothing tells what is read.
        if reads.isEmpty {
            for folder in folders {
                let own = data.raw(in: folder) + data.intermediate(in: folder)
                let files = facts.folders[folder]?.files ?? 0
                let left = own.reduce(files) { $0 - (facts.folders[$1]?.files ?? 0) }
                if left > 0 || !steps.isEmpty {
                    excluded += own.map(StageProposer.escaped).filter { !excluded.contains($0) }
                }
            }
        }
        for path in Sentinels.paths(steps, reads) + Sentinels.leftovers(facts, folders, reads) {
            if folders.contains(where: { PathTemplate(path: path).isWithin($0) }),
                !excluded.contains(where: { Path.isWithin(path, $0) })
            {
                excluded.append(StageProposer.escaped(path))
            }
        }
        return excluded.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What one stage makes and only another one reads.
    private static func intermediates(_ steps: [Step], _ reads: [PathTemplate]) -> [PathTemplate] {
        guard !reads.isEmpty else { return [] }
        return steps.flatMap(\.writes).filter { path in
            !reads.contains { $0.meets(path) }
                && steps.contains { $0.reads.contains { $0.meets(path) } }
        }
    }
}

/// Files that only say that something was done, and what tests and tools leave: no data.
enum Sentinels {
    /// Files that a program writes, looks for, and nobody reads.
    static func paths(_ steps: [Step], _ reads: [PathTemplate]) -> [String] {
        steps.flatMap { step in
            step.writes.compactMap { path -> String? in
                guard let constant = path.constant, !FileEndings.isData(constant),
                    !reads.contains(where: { $0.meets(path) }),
                    !steps.contains(where: { $0.reads.contains { $0.meets(path) } })
                else { return nil }
                let isTested = step.program.accesses.contains {
                    $0.action == .test && $0.path.constant == constant
                }
                return isTested || isNamedSo(Path.name(constant)) ? constant : nil
            }
        }
    }

    /// What lies there already.
    static func leftovers(_ facts: SiteFacts, _ folders: [String], _ reads: [PathTemplate])
        -> [String]
    {
        var found: [String] = []
        for folder in folders {
            for path in facts.files where Path.isWithin(path, folder) {
                let name = Path.name(path)
                if isNamedSo(name) || name == ".DS_Store" || name == ".gitkeep"
                    || name == ".gitignore"
                    || name.hasSuffix(".dvc")
                {
                    if !reads.contains(where: { $0.constant == path }) { found.append(path) }
                }
            }
            for inner in facts.folders.keys where Path.isWithin(inner, folder) && inner != folder {
                let words = Path.name(inner).lowercased()
                let isCache = [
                    "fixtures", "tests", "test", "cache", ".cache", "__pycache__", "tmp", "temp",
                    ".ipynb_checkpoints", "logs",
                ].contains(words)
                if isCache, !reads.contains(where: { $0.isWithin(inner) }) { found.append(inner) }
            }
        }
        return found.filter { path in !found.contains { $0 != path && Path.isWithin(path, $0) } }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isNamedSo(_ name: String) -> Bool {
        let plain = name.lowercased()
        return ["_success", ".done", "done", ".complete", ".stamp", ".timestamp", "is_compiled"]
            .contains(plain) || plain.hasSuffix(".done") || plain.hasSuffix(".stamp")
            || plain.hasSuffix(".sentinel")
    }
}
