import Texts

/// What a proposal takes the site to be: the choices from which all texts are made.
struct SiteChoice {
    let facts: SiteFacts
    let project: String
    let data: DataFinder
    let images: ImageFinder
    let beanstalk: BeanstalkFacts
    let cloud: CloudFacts
    let reads: SiteReads
    let steps: [Step]
    let questions: [Question]
    /// What was seen of programs and is no stage.
    let programNotes: [String]
    /// Folders outside of the project that stages read, by name.
    let roots: [(name: String, path: String)]
    let travel: TravelChoice
    let mounts: [MountChoice.Mount]
    /// Where there is no Dockerfile: how the site starts as a process.
    let preview: PreviewChoice?
    /// Where the site is files alone: the folder that a generator renders it to.
    let rendered: String?
    private let started: DockerRunFacts

    init(_ given: SiteFacts) {
        var facts = given
        var left: [String] = []
        for (path, text) in given.sortedTexts where Path.name(path) == "dvc.yaml" {
            let dvc = DVCFacts(path: path, text: text, texts: given.texts)
            facts.programs += dvc.programs
            left += dvc.left.map { "\(YAMLText.name(path)) stage \(YAMLText.name($0))" }
            // What a stage starts is its part.
            let started = Set(dvc.programs.flatMap(\.code))
                .union(dvc.programs.flatMap { $0.started.flatMap(\.self) })
            facts.programs = facts.programs.map { program in
                guard started.contains(program.path), !program.isDeclared else { return program }
                var part = program
                part.isProgram = false
                return part
            }
        }
        var rendered: [String] = []
        for (path, text) in given.sortedTexts where Path.name(path) == "_quarto.yml" {
            let quarto = QuartoFacts(path: path, text: text, programs: given.programs)
            guard let program = quarto.program, let output = quarto.output else { continue }
            facts.programs.removeAll { program.code.contains($0.path) && $0.language == .quarto }
            facts.programs.append(program)
            rendered.append(output)
        }
        self.facts = facts
        data = DataFinder(facts)
        beanstalk = BeanstalkFacts(facts)
        cloud = CloudFacts(facts)
        images = ImageFinder(facts, data: data.folders)
        started = DockerRunFacts(facts)
        let visible = (images.choice?.service?.mounts ?? []) + started.mounts
        let words = (images.choice?.words ?? []) + Self.procfile(facts)
        reads = SiteReads(
            facts, context: images.choice?.context ?? "", words: words,
            workingFolder: images.choice?.image?.folder, mounts: visible)
        let found = StepFinder(
            facts, reads, data: data.folders,
            hasSite: images.choice != nil || reads.isKnown || !rendered.isEmpty)
        steps = found.steps
        roots = found.roots.used(by: steps.flatMap(\.rootInputs))
        questions =
            found.questions
            + left.map {
                Question(
                    text: "what does \($0) do for each of its values?",
                    readings: [
                        "its matrix or a value of it could not be filled in, so it is left out"
                    ])
            }
        programNotes = found.notes
        let choice = images.choice
        travel = TravelChoice(
            facts, reads, steps, data: data, rendered: choice == nil ? rendered : [],
            mounted: visible.map(\.from)
        ) { folder in
            (choice?.image?.copies ?? []).contains { copy in
                copy.sources.contains { source in
                    let path = Path.join(choice?.context ?? "", source)
                    return !source.isEmpty && facts.isWithoutCode(path)
                        && (Path.isWithin(folder, path) || Path.isWithin(path, folder))
                }
            }
        }
        preview =
            choice == nil && rendered.isEmpty
            ? PreviewChoice(facts, reads, data: travel.folders) : nil
        self.rendered = choice == nil && rendered == travel.folders ? rendered.first : nil
        mounts =
            preview == nil
            ? MountChoice(facts, choice, beanstalk, started, folders: travel.folders).mounts
            : travel.folders.map { MountChoice.Mount(from: $0, to: $0, reason: "beside its code") }
        let repository = cloud.repository?.value.split(separator: "/").last.map(String.init)
        project = Self.plainName(repository ?? facts.name) ?? "site"
    }

    private static func procfile(_ facts: SiteFacts) -> [String] {
        let line = (facts.texts["Procfile"] ?? "").split(separator: "\n").first {
            $0.hasPrefix("web:")
        }
        return line.map { $0.dropFirst(4).split(separator: " ").map(String.init) } ?? []
    }

    var image: ImageFinder.Choice? { images.choice }
    /// The folder whose files are the site's code, `""` for the project's own; nil where there is no site.
    var context: String? { image?.context ?? (preview == nil ? nil : "") }
    var dataFolders: [String] { travel.folders }

    /// Folders that only stages read, and that hold no code.
    var staying: [String] {
        let written = steps.flatMap(\.writes)
        let raw = steps.flatMap(\.reads).filter { read in
            !read.folder.isEmpty && !written.contains { $0.meets(read) }
                && !reads.reads.contains { $0.path.meets(read) }
        }
        let folders = Set(raw.map(\.folder)).filter { folder in
            (facts.folders[folder].map { $0.codeFiles == 0 } ?? false)
                && !travel.folders.contains(folder)
        }
        return folders.filter { folder in
            !folders.contains { $0 != folder && Path.isWithin(folder, $0) }
        }.sorted()
    }

    // MARK: How it is served

    private var serving: Serving {
        var environment = image?.image?.environment ?? [:]
        environment.merge(image?.service?.environment ?? [:]) { $1 }
        return Serving(
            words: image?.words ?? preview?.command ?? [], environment: environment)
    }

    /// What serves: the program of the command, else the framework that the code uses.
    var framework: String? {
        let program = serving.program
        if let program, Serving.convention(program) != nil { return program }
        return reads.framework ?? program
    }

    var containerPort: (port: Int, reason: String) {
        if let port = serving.port { return (port, "its command listens there") }
        if let port = beanstalk.port { return (port, "as in Dockerrun.aws.json") }
        if let port = image?.image?.port { return (port, "as the Dockerfile exposes") }
        if let port = image?.service?.port { return (port, "as in the compose file") }
        if let port = started.port { return (port, "as a container is started by hand") }
        if let port = reads.programs.lazy.compactMap(\.port).first {
            return (port, "as \(YAMLText.name(reads.entry ?? "")) says")
        }
        if let name = framework, let known = Serving.convention(name) {
            return (known.port, "where \(name) listens by default")
        }
        return (8000, "a guess: nothing names the port that the site listens at")
    }

    /// Whether the command binds to the container's own loopback address.
    var listensAtLoopback: Bool {
        let words = image?.words ?? []
        return words.enumerated().contains { index, word in
            ["-b", "--bind", "--host", "--address", "--server.address"].contains(
                index > 0 ? words[index - 1] : "")
                && (word.hasPrefix("127.0.0.1") || word.hasPrefix("localhost"))
        }
    }

    /// Whether a program of the folder tells which release it is.
    var namesRelease: Bool { facts.texts.values.contains { $0.contains("PIPELINE_RELEASE") } }

    /// How the health of the site is known: by a page that a program of the folder names, else by the framework's
    /// own, else by the start page.
    var health: HealthChoice {
        for (path, text) in facts.sortedTexts
        where FileEndings.isCode(path) && !SiteReads.isTest(path) {
            for candidate in ["/healthz", "/health", "/api/health"]
            where text.contains("\"\(candidate)\"") || text.contains("'\(candidate)'") {
                return HealthChoice(
                    path: candidate, source: YAMLText.name(path), namesRelease: namesRelease)
            }
        }
        if namesRelease { return HealthChoice(path: "/health", source: nil, namesRelease: true) }
        if let name = framework, let page = Serving.convention(name)?.health {
            return HealthChoice(path: page, source: Self.title(name), namesRelease: false)
        }
        return HealthChoice(path: startPage, source: nil, namesRelease: false)
    }

    /// The page that a visitor sees first.
    var startPage: String { serving.onlyApp ?? "/" }

    static func title(_ name: String) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }

    /// Variables of the container that have values in the compose file, without credentials.
    var variables: [String: String] {
        (image?.service?.environment ?? [:]).filter { name, value in
            !Credentials.isOne(name) && !value.contains("@")
        }
    }

    /// Names of variables that the container needs and whose values stand elsewhere, or are secret.
    var openVariables: [String] {
        let service = image?.service
        let secret = (service?.environment ?? [:]).filter {
            Credentials.isOne($0.key) || $0.value.contains("@")
        }
        return ((service?.passed ?? []) + secret.keys).sorted()
    }

    // MARK: What stays out of the image

    /// Below the image's context: data, the tool's own folders, version control.
    var keptOutOfImage: [String] {
        guard let context else { return [] }
        let own =
            [".pipeline", "pipeline/pipeline.yaml", "pipeline/environments", ".git"]
            + (facts.python.map { [Path.parent(Path.parent($0))] }
                ?? (preview == nil ? [] : [".venv"]))
        // What the site may read and no mount brings stays in the image, unless it is too much for one.
        let large = data.folders.filter { folder in
            (facts.folders[folder]?.bytes ?? 0) > 100_000_000
                || mounts.contains { Path.isWithin($0.from, folder) }
        }
        let folders = Set(travel.folders + large + staying + mounts.map(\.from))
        let outer =
            folders.filter { folder in
                !folders.contains { $0 != folder && Path.isWithin(folder, $0) } && isMounted(folder)
            }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } + secretFiles
        return (own + outer).compactMap { path in
            if context.isEmpty { return path }
            guard Path.isWithin(path, context), path != context else { return nil }
            return String(path.utf8.dropFirst(context.utf8.count + 1)) ?? path
        }
    }

    /// Files that hold secrets by their names.
    var secretFiles: [String] {
        facts.files.filter { path in
            let name = Path.name(path).lowercased()
            let isExample = ["example", "sample", "template", "dist"].contains(where: name.contains)
            return (name == ".env" || name.hasPrefix(".env.")) && !isExample
                || name.hasSuffix(".pem") || name.hasSuffix(".key") || name.hasPrefix("id_rsa")
                || name.hasPrefix("id_ed25519") || name == ".netrc" || name == "credentials.json"
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whether all that the site reads of a folder reaches it by a mount: else it stays in the image.
    private func isMounted(_ folder: String) -> Bool {
        if travel.inImage.contains(where: { Path.isWithin($0, folder) || Path.isWithin(folder, $0) }
        ) {
            return false
        }
        return reads.reads.filter { $0.isInside && $0.path.isWithin(folder) }.allSatisfy { access in
            mounts.contains { access.path.isWithin($0.from) }
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

/// How a proposal has the health of a site checked.
struct HealthChoice {
    let path: String
    /// Who answers at the path: a file, or a framework; nil where nothing names it.
    let source: String?
    /// Whether the site tells which release it is.
    let namesRelease: Bool
}

/// Names of variables that hold secrets.
enum Credentials {
    static func isOne(_ name: String) -> Bool {
        let words = Path.words(name.split(separator: "_").joined(separator: "-"))
        return !words.isDisjoint(with: [
            "password", "passwd", "secret", "token", "key", "credentials", "pwd", "passphrase",
        ])
    }
}
