/// The Dockerfile that makes the image that serves visitors, and the folder that it is built from.
struct ImageFinder {
    struct Choice {
        let dockerfile: DockerfileFacts
        /// `""` for the site's own folder.
        let context: String
        /// Why it is built from there.
        let reason: String
        let service: ComposeFacts.Service?

        /// The stage of the Dockerfile, where it is not the last one.
        var target: String? {
            guard let target = service?.target,
                dockerfile.stages.last?.name?.lowercased() != target.lowercased()
            else { return nil }
            return target
        }
        var arguments: [String: String] { service?.arguments ?? [:] }
        var image: DockerfileFacts.Stage? { dockerfile.image(service?.target) }
        /// The words that start the site.
        var words: [String] {
            let command = service?.command ?? []
            return (image?.entrypoint ?? []) + (command.isEmpty ? image?.command ?? [] : command)
        }
    }

    let choice: Choice?
    /// Dockerfiles that were not chosen, and do not make a database or the like.
    let others: [String]
    /// Services that compose starts beside the site.
    let beside: [String]
    /// The compose file and the images of one that starts images only, where nothing here is built.
    let onlyImages: (path: String, images: [String])?
    /// Dockerfiles that cannot be built reproducibly, since a file beside them is read by only one of
    /// Docker's builders.
    let refused: [String]

    init(_ facts: SiteFacts, data: [String]) {
        let all = facts.sortedTexts.filter { DockerfileFacts.isDockerfile($0.path) }
        refused = all.map(\.path).filter { facts.files.contains($0 + ".dockerignore") }
        let files = all.filter { !facts.files.contains($0.path + ".dockerignore") }
            .map { DockerfileFacts(path: $0.path, text: $0.text) }
            .sorted { Self.rank($0) < Self.rank($1) }
        let compose = facts.sortedTexts.filter { ComposeFacts.isCompose($0.path) }
            .compactMap { ComposeFacts(path: $0.path, text: $0.text) }
            .sorted {
                (ComposeFacts.rank($0.path), Path.depth($0.path)) < (
                    ComposeFacts.rank($1.path), Path.depth($1.path)
                )
            }
        let usable = files.filter { !$0.isService() }
        let fromCompose = compose.lazy.compactMap { Self.built($0, files, data) }.first
        choice = fromCompose ?? usable.first.map { Self.alone($0, facts) }
        onlyImages =
            choice != nil
            ? nil
            : compose.first { !$0.services.isEmpty && $0.services.allSatisfy { $0.context == nil } }
                .map { ($0.path, $0.services.compactMap(\.image).sorted()) }
        let chosen = choice?.dockerfile.path
        others = usable.map(\.path).filter { $0 != chosen }
        let name = choice?.service?.name
        beside = Array(
            Set(compose.flatMap(\.services).map(\.name).filter { $0 != name && name != nil })
        ).sorted()
    }

    // The one at the top before those below, and a plain name before one that says for what.
    private static func rank(_ file: DockerfileFacts) -> (Int, Int, Int, String) {
        let name = Path.name(file.path)
        let words = Path.words(name).union(Path.words(Path.name(Path.parent(file.path))))
        let isForUse = !words.isDisjoint(with: ["prod", "production", "release", "deploy"])
        let isForWork = !words.isDisjoint(with: [
            "dev", "development", "test", "tests", "ci", "jupyter", "notebook", "devcontainer",
            "base", "worker",
            "builder", "etl",
        ])
        return (
            isForUse ? 0 : isForWork ? 2 : 1, Path.depth(file.path), name == "Dockerfile" ? 0 : 1,
            file.path
        )
    }

    /// The service that sees data and is built here, else the one that visitors reach.
    private static func built(
        _ compose: ComposeFacts, _ files: [DockerfileFacts], _ data: [String]
    ) -> Choice? {
        let choices = compose.services.compactMap { service -> Choice? in
            guard let context = service.context else { return nil }
            let path = Path.join(context, service.dockerfile ?? "Dockerfile")
            guard let file = files.first(where: { $0.path == Path.cleaned(path) ?? path }),
                !file.isService(service.target)
            else { return nil }
            let reason =
                "\(YAMLText.name(compose.path)) builds the service "
                + "\(YAMLText.name(service.name)) so"
            return Choice(dockerfile: file, context: context, reason: reason, service: service)
        }
        func seesData(_ choice: Choice) -> Bool {
            (choice.service?.mounts ?? []).contains { mount in
                data.contains { Path.isWithin($0, mount.from) || Path.isWithin(mount.from, $0) }
            }
        }
        let serving = choices.filter { Serving.isServer($0.words) || $0.service?.port != nil }
        return serving.first(where: seesData) ?? choices.first(where: seesData) ?? serving.first
            ?? choices.first
    }

    /// What the Dockerfile copies lies in the context: in its own folder, or at the top.
    private static func alone(_ file: DockerfileFacts, _ facts: SiteFacts) -> Choice {
        let folder = Path.parent(file.path)
        func exists(_ path: String) -> Bool {
            facts.files.contains(path) || facts.folders[path] != nil
        }
        let sources = file.stages.flatMap { $0.copies.flatMap(\.sources) }
        let named = sources.filter { $0 != "" && !$0.contains("*") }
        let here = named.count { exists(Path.join(folder, $0)) }
        let above = named.count(where: exists)
        let context = folder.isEmpty || above > here ? "" : folder
        let reason =
            context == folder
            ? "it is the folder of the Dockerfile"
            : "what \(YAMLText.name(file.path)) copies lies there"
        return Choice(dockerfile: file, context: context, reason: reason, service: nil)
    }
}
