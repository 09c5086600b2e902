/// A program in the folder that makes data, or that sends it somewhere.
struct ScriptFacts {
    enum Language { case python, r, shell, make }

    let path: String
    let language: Language
    /// For make, the target.
    var target: String?
    /// Endings of the files that it writes, as far as the text tells.
    let written: Set<String>
    /// Paths that stand in the text, and lie or would lie in the site's folder.
    let mentioned: [String]
    /// Python: first words of what it imports.
    let imported: [String]
    /// Whether it draws, and so comes after what it draws from.
    let isFigure: Bool

    /// The programs that make data, in the order of their paths.
    static func compiling(_ facts: SiteFacts) -> [ScriptFacts] {
        facts.sortedTexts.flatMap { path, text -> [ScriptFacts] in
            guard let language = language(path, text), !isElsewhere(path) else { return [] }
            switch language {
            case .python: return makesDataInPython(path, text) ? [Self(path, language, text)] : []
            case .r: return written(text).isEmpty ? [] : [Self(path, language, text)]
            case .shell:
                let isNamed = !Path.words(Path.stem(path)).isDisjoint(with: makingWords)
                return isNamed && sends(text).isEmpty ? [Self(path, language, text)] : []
            case .make:
                return MakeTarget.making(text).map { target in
                    var script = Self(path, language, target.recipe)
                    script.target = target.name
                    return script
                }
            }
        }
    }

    /// What a shell script does by hand that stages do: words for people.
    static func sends(_ text: String) -> [String] {
        var found: [String] = []
        for (word, command) in sendingCommands where text.contains(command) && !found.contains(word)
        {
            found.append(word)
        }
        return found
    }

    /// Shell scripts that build, send or deploy, with what they do.
    static func sending(_ facts: SiteFacts) -> [(path: String, does: [String])] {
        facts.sortedTexts.compactMap { path, text in
            guard language(path, text) == .shell else { return nil }
            let does = sends(text)
            return does.isEmpty ? nil : (path, does)
        }
    }

    private init(_ path: String, _ language: Language, _ text: String) {
        self.path = path
        self.language = language
        written = Self.written(text)
        mentioned = Self.mentioned(text)
        imported = language == .python ? Self.imported(text) : []
        let words = Path.words(Path.parent(path)).union(Path.words(Path.stem(path)))
        isFigure = !words.isDisjoint(with: ["pages", "page", "figures", "figure", "figs", "plots"])
    }

    private static func language(_ path: String, _ text: String) -> Language? {
        let name = Path.name(path)
        if ["Makefile", "makefile", "GNUmakefile"].contains(name) { return .make }
        switch FileEndings.ending(name) {
        case "py": return .python
        case "r": return .r
        case "sh", "bash": return .shell
        case "": return text.hasPrefix("#!") && text.prefix(40).contains("sh") ? .shell : nil
        default: return nil
        }
    }

    /// A program that is started by itself, writes files of data, and is neither a site nor a test.
    private static func makesDataInPython(_ path: String, _ text: String) -> Bool {
        let isProgram = text.contains("__main__") || !text.contains("def ")
        let serves = ["app.run(", "run_server(", "uvicorn.run(", "import streamlit"]
        return isProgram && !written(text).isEmpty && !serves.contains(where: text.contains)
    }

    /// Tests, set-ups and the like, also those that train: nothing that a run should start by itself.
    private static func isElsewhere(_ path: String) -> Bool {
        let folders = Set(path.lowercased().split(separator: "/").dropLast().map(String.init))
        return !folders.isDisjoint(with: ["test", "tests", "docs", "doc", "notebooks", "examples"])
            || !Path.words(Path.stem(path)).isDisjoint(with: otherWords)
    }

    private static func written(_ text: String) -> Set<String> {
        Set(writingCalls.filter { text.contains($0.call) }.map(\.ending))
    }

    private static func mentioned(_ text: String) -> [String] {
        var paths: [String] = []
        for word in Tokens.words(text) where word.contains("/") || word.contains(".") {
            guard let path = Path.cleaned(word), !path.isEmpty, !paths.contains(path) else {
                continue
            }
            paths.append(path)
        }
        return paths
    }

    private static func imported(_ text: String) -> [String] {
        var modules: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "," || $0 == "\t" }
            guard let first = words.first, first == "import" || first == "from" else { continue }
            let named = first == "from" ? words.dropFirst().prefix(1) : words.dropFirst()
            for word in named {
                let module = String(word.prefix { $0 != "." })
                if !module.isEmpty, !modules.contains(module) { modules.append(module) }
            }
        }
        return modules
    }

    private static let makingWords: Set = [
        "compile", "data", "preprocess", "process", "prepare", "convert", "figures", "etl",
    ]
    private static let otherWords: Set = [
        "test", "tests", "conftest", "setup", "train", "fit", "download", "fetch", "upload",
        "deploy", "publish", "sync", "migrate", "server", "wsgi", "manage", "benchmark",
    ]

    private static let sendingCommands = [
        ("builds the image", "docker build"), ("builds the image", "docker compose build"),
        ("pushes it", "docker push"), ("signs in to the registry", "get-login-password"),
        ("sends files", "sftp "), ("sends files", "rsync "), ("sends files", "aws s3 "),
        ("works on an instance", "aws ssm "), ("deploys", "eb deploy"), ("deploys", "cdk deploy"),
        ("deploys", "terraform apply"), ("deploys", "aws ecs update-service"),
        ("deploys", "update-environment"),
    ]

    private static let writingCalls: [(call: String, ending: String)] = [
        ("to_feather(", "feather"), ("write_feather(", "feather"), ("to_parquet(", "parquet"),
        ("write_parquet(", "parquet"), ("write_table(", "parquet"), ("to_pickle(", "pkl"),
        ("pickle.dump(", "pkl"), ("joblib.dump(", "pkl"), ("to_csv(", "csv"), ("write.csv(", "csv"),
        ("write_csv(", "csv"), ("fwrite(", "csv"), ("write_tsv(", "tsv"), ("to_hdf(", "h5"),
        ("write_h5ad(", "h5ad"), ("np.save(", "npy"), ("np.savez", "npz"), ("to_netcdf(", "nc"),
        ("saveRDS(", "rds"), ("qsave(", "qs"), ("to_zarr(", "zarr"), ("to_file(", "gpkg"),
        ("savefig(", "png"), ("write_image(", "png"), ("ggsave(", "png"), ("write_html(", "html"),
    ]
}

/// Targets of a makefile whose names say that they make data.
struct MakeTarget {
    let name: String
    let recipe: String

    static func making(_ text: String) -> [MakeTarget] {
        var targets: [MakeTarget] = []
        var current: (name: String, recipe: String)?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.first == "\t" {
                current?.recipe += line.dropFirst() + "\n"
                continue
            }
            if let done = current {
                targets.append(MakeTarget(name: done.name, recipe: done.recipe))
            }
            let name = line.prefix { $0 != ":" }
            let isRule = name.count < line.count && !line.dropFirst(name.count).hasPrefix(":=")
            current = isRule && names.contains(String(name)) ? (String(name), "") : nil
        }
        if let done = current { targets.append(MakeTarget(name: done.name, recipe: done.recipe)) }
        return targets
    }

    private static let names: Set = [
        "data", "compile", "preprocess", "process", "prepare", "figures", "features",
    ]
}
