/// What a proposal takes the site to be: the choices from which all texts are made.
struct SiteChoice {
    let facts: SiteFacts
    let project: String
    let data: DataFinder
    /// The folders whose files are sent, also such that only a run will make.
    let dataFolders: [String]
    let scripts: [ScriptFacts]
    /// Scripts that another chosen one starts.
    let started: [String]
    let images: ImageFinder
    let beanstalk: BeanstalkFacts
    let cloud: CloudFacts

    static let mostScripts = 12

    init(_ facts: SiteFacts) {
        self.facts = facts
        data = DataFinder(facts)
        beanstalk = BeanstalkFacts(facts)
        cloud = CloudFacts(facts)
        images = ImageFinder(facts, data: data.folders)
        let all = ScriptFacts.compiling(facts)
        let starters = all.filter { $0.language == .make || $0.language == .shell }
        let isStarted = { (script: ScriptFacts) in
            starters.contains { $0.path != script.path && $0.mentioned.contains(script.path) }
        }
        started = all.filter(isStarted).map(\.path)
        scripts = Array(all.filter { !isStarted($0) }.prefix(Self.mostScripts))
        dataFolders = data.folders + Self.made(by: scripts, beside: data.folders)
        let repository = cloud.repository?.name.split(separator: "/").last.map(String.init)
        project = Self.plainName(repository ?? facts.name) ?? "site"
    }

    var image: ImageFinder.Choice? { images.choice }

    /// Where the folders are that scripts write to, and that are not there yet.
    private static func made(by scripts: [ScriptFacts], beside folders: [String]) -> [String] {
        var made: [String] = []
        for path in scripts.flatMap({ script in
            script.mentioned.filter { script.written.contains(FileEndings.ending($0)) }
        }) {
            let folder = Path.parent(path)
            let isKnown = (folders + made).contains { Path.isWithin(folder, $0) }
            if !folder.isEmpty, !isKnown { made.append(folder) }
        }
        return made
    }

    /// The data folder that the site reads: what its container mounts, else the largest.
    var mainData: String? {
        if let mounted = mounted?.from { return mounted }
        let named = beanstalk.volume.map { [Path.name($0.container), Path.name($0.host)] } ?? []
        return dataFolders.first { named.contains(Path.name($0)) }
            ?? dataFolders.max { bytes($0) < bytes($1) }
    }

    private func bytes(_ folder: String) -> Int64 { facts.folders[folder]?.bytes ?? 0 }

    /// What the container mounts, by a compose file.
    private var mounted: (from: String, to: String)? {
        image?.service?.mounts.first { mount in
            dataFolders.contains { Path.isWithin(mount.from, $0) || Path.isWithin($0, mount.from) }
        }
    }

    /// Where the container sees the data, and why.
    var dataInContainer: (path: String, reason: String) {
        if let volume = beanstalk.volume {
            return (volume.container, "Dockerrun.aws.json mounts the data there")
        }
        if let mounted { return (mounted.to, "the compose file mounts it there") }
        let folder = image?.dockerfile.folder
        let below = mainData ?? "data"
        return (
            (folder == "/" ? "" : folder ?? "/app") + "/" + below,
            folder == nil
                ? "a guess: the Dockerfile names no WORKDIR"
                : "the same path as here, below the Dockerfile's WORKDIR"
        )
    }

    var containerPort: (port: Int, reason: String) {
        if let port = beanstalk.port { return (port, "as in Dockerrun.aws.json") }
        if let port = image?.dockerfile.port { return (port, "as the Dockerfile exposes") }
        if let port = image?.service?.port { return (port, "as in the compose file") }
        return (8000, "a guess: nothing names the port that the site listens at")
    }

    /// The path that tells whether the site is well, where a program of the folder names one.
    var health: (path: String, source: String?) {
        for (path, text) in facts.sortedTexts where FileEndings.isCode(path) {
            for candidate in ["/healthz", "/health"] where text.contains("\"\(candidate)\"") {
                return (candidate, path)
            }
            if text.contains("'/health'") { return ("/health", path) }
        }
        return ("/health", nil)
    }

    /// Whether a program of the folder tells which release it is.
    var namesRelease: Bool { facts.texts.values.contains { $0.contains("PIPELINE_RELEASE") } }

    /// Below the image's context: data, the tool's own folders, version control.
    var keptOutOfImage: [String] {
        guard let image else { return [] }
        let own =
            [".pipeline", "pipeline/pipeline.yaml", "pipeline/environments", ".git"]
            + (facts.python.map { [Path.parent(Path.parent($0))] } ?? [])
        return (own + dataFolders.filter { !isCopied($0) }).compactMap { path in
            if image.context.isEmpty { return path }
            guard Path.isWithin(path, image.context), path != image.context else { return nil }
            return String(path.utf8.dropFirst(image.context.utf8.count + 1)) ?? path
        }
    }

    /// Data folders that the Dockerfile copies into the image by name.
    var copiedData: [String] { dataFolders.filter(isCopied) }

    private func isCopied(_ folder: String) -> Bool {
        guard let image else { return false }
        return image.dockerfile.sources.contains { source in
            let path = Path.join(image.context, source)
            return !source.isEmpty && Path.isWithin(path, folder)
        }
    }

    /// A name of a-z, 0-9, - and _ made from another; nil where nothing is left.
    static func plainName(_ name: String) -> String? {
        let mapped = name.lowercased().unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
                ? Character(scalar) : "-"
        }
        let parts = String(mapped).split(separator: "-")
        return parts.isEmpty ? nil : parts.joined(separator: "-")
    }
}
