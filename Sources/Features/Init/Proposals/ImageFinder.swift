/// The Dockerfile that makes the site's image, and the folder that it is built from.
struct ImageFinder {
    struct Choice {
        let dockerfile: DockerfileFacts
        /// `""` for the site's own folder.
        let context: String
        /// Why it is built from there.
        let reason: String
        let service: ComposeFacts.Service?
    }

    let choice: Choice?
    /// Dockerfiles that were not chosen.
    let others: [String]
    /// Dockerfiles that cannot be built reproducibly, since a file beside them is read by only one of
    /// Docker's builders.
    let refused: [String]

    init(_ facts: SiteFacts, data: [String]) {
        let all = facts.sortedTexts.filter { DockerfileFacts.isDockerfile($0.path) }
        refused = all.map(\.path).filter { facts.files.contains($0 + ".dockerignore") }
        let files = all.filter { !facts.files.contains($0.path + ".dockerignore") }
            .map { DockerfileFacts(path: $0.path, text: $0.text) }
            .sorted { Self.rank($0.path) < Self.rank($1.path) }
        let compose = facts.sortedTexts.filter { ComposeFacts.isCompose($0.path) }
            .compactMap { ComposeFacts(path: $0.path, text: $0.text) }
        let fromCompose = compose.lazy.compactMap { Self.built($0, files, data) }.first
        choice = fromCompose ?? files.first.map { Self.alone($0, facts) }
        let chosen = choice?.dockerfile.path
        others = files.map(\.path).filter { $0 != chosen }
    }

    // The one at the top before those below, and a plain name before one that says for what.
    private static func rank(_ path: String) -> (Int, Int, String) {
        (Path.depth(path), Path.name(path) == "Dockerfile" ? 0 : 1, path)
    }

    /// The service that sees data and is built here, else the first one that is built here.
    private static func built(
        _ compose: ComposeFacts, _ files: [DockerfileFacts], _ data: [String]
    ) -> Choice? {
        let choices = compose.services.compactMap { service -> Choice? in
            guard let context = service.context else { return nil }
            let path = Path.join(context, service.dockerfile ?? "Dockerfile")
            guard let file = files.first(where: { $0.path == path }) else { return nil }
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
        return choices.first(where: seesData) ?? choices.first
    }

    /// What the Dockerfile copies lies in the context: in its own folder, or at the top.
    private static func alone(_ file: DockerfileFacts, _ facts: SiteFacts) -> Choice {
        let folder = Path.parent(file.path)
        func exists(_ path: String) -> Bool {
            facts.files.contains(path) || facts.folders[path] != nil
        }
        let named = file.sources.filter { $0 != "" && !$0.contains("*") }
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
