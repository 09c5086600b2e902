/// The folders that hold data, told by their names and by what is in them.
struct DataFinder {
    /// Paths, sorted; none lies in another.
    let folders: [String]
    private let facts: SiteFacts

    init(_ facts: SiteFacts) {
        self.facts = facts
        var found: [String] = []
        func look(_ folder: String) {
            for child in facts.children(of: folder) {
                if Self.isData(child, facts.folders[child] ?? FolderFacts()) {
                    found.append(child)
                } else if Path.depth(child) < 2 {
                    look(child)
                }
            }
        }
        look("")
        folders = found
    }

    /// Subfolders of a data folder that hold what the compile reads, and nothing else does.
    func raw(in folder: String) -> [String] { below(folder, rawWords) }

    /// Subfolders of a data folder that only the compile's own steps read.
    func intermediate(in folder: String) -> [String] { below(folder, intermediateWords) }

    func isRaw(_ path: String) -> Bool { !Path.words(Path.name(path)).isDisjoint(with: rawWords) }

    private func below(_ folder: String, _ words: Set<String>) -> [String] {
        facts.children(of: folder).filter {
            !Path.words(Path.name($0)).isDisjoint(with: words)
        }
    }

    private static func isData(_ path: String, _ folder: FolderFacts) -> Bool {
        let name = Path.name(path)
        if notData.contains(name.lowercased()) { return false }
        if !Path.words(name).isDisjoint(with: dataWords) {
            // A package of programs may have such a name too.
            return folder.codeFiles * 2 <= folder.files
        }
        guard folder.codeFiles * 10 <= folder.files else { return false }
        return folder.bytes >= 100_000_000
            || (folder.bytes >= 1_000_000 && folder.dataFiles * 2 >= folder.files)
    }

    private static let dataWords: Set = [
        "data", "dataset", "datasets", "experiments", "results", "raw", "compiled", "processed",
        "overlay", "autosquash", "checkpoints", "rasters", "genomes",
    ]

    private static let notData: Set = [
        "src", "source", "lib", "test", "tests", "doc", "docs", "static", "assets", "public",
        "pages", "templates", "infra", "deploy", "docker", "scripts", "bin", "packages", "apps",
        "site", "app", "services", "notebooks", "pipeline",
    ]
}

private let rawWords: Set = ["raw", "input", "inputs", "original", "originals", "external"]
private let intermediateWords: Set = ["intermediate", "interim", "tmp", "temp", "scratch"]
