/// What its author learns about a proposal.
struct Advice {
    private let site: SiteChoice
    private let environments: [Proposal.Environment]

    init(_ site: SiteChoice, _ environments: [Proposal.Environment]) {
        self.site = site
        self.environments = environments
    }

    func notes() -> [String] {
        var notes: [String] = []
        if case .notDone(let why) = site.facts.reading {
            notes.append(
                "programs were not read, as \(why): stages that make data are not proposed, except those of "
                    + "dvc.yaml")
        }
        for place in site.facts.credentials.prefix(10) {
            notes.append(
                "\(YAMLText.name(place.file)) line \(place.line) holds a credential (\(place.kind)): take it out of the "
                    + "folder, and replace it where it is used")
        }
        if site.facts.credentials.count > 10 {
            notes.append("\(site.facts.credentials.count - 10) more lines hold credentials")
        }
        for (path, does) in Sending.scripts(site.facts) {
            notes.append(
                "\(YAMLText.name(path)) \(Listing.and(does)): `pipeline` does that now, and "
                    + "does not start it")
        }
        notes += site.programNotes + Unreadable.notes(site.facts)
        if !site.facts.absolutePlaces.isEmpty {
            notes.append(
                "absolute paths of this folder, which another machine or an image does not have: "
                    + site.facts.absolutePlaces.prefix(3).joined(separator: ", ")
                    + "; write them relative to the program or to the folder"
            )
        }
        if !site.questions.isEmpty {
            notes.append(
                "\(site.questions.count) \(site.questions.count == 1 ? "question stands" : "questions stand") in "
                    + "pipeline/pipeline.yaml: what the folder does not tell is left out there")
        }
        if let (path, images) = site.images.onlyImages {
            notes.append(
                "\(YAMLText.name(path)) starts images only (\(Listing.some(images))): nothing here is built, so there is no "
                    + "stage of kind image; a Dockerfile of one line, FROM that image, makes it a site that is deployed"
            )
        }
        if !site.images.others.isEmpty {
            notes.append(
                "other Dockerfiles are not built: \(Listing.some(site.images.others)); each would be a "
                    + "stage of kind image")
        }
        for path in site.images.refused {
            notes.append(
                "\(YAMLText.name(path)) was passed over: \(YAMLText.name(path + ".dockerignore")) is read "
                    + "by only one of Docker's builders; move its lines to .dockerignore, and run this again "
                    + "with --force")
        }
        for folder in site.travel.inImage {
            notes.append(
                "the Dockerfile copies \(YAMLText.name(folder)) into the image, so it is part of the image and not sent "
                    + "apart; to change data without a build, take that out and list it under \"data\""
            )
        }
        for path in site.travel.problems {
            notes.append(
                "the site reads \(YAMLText.name(path)), which is not here and which no stage makes")
        }
        if !site.secretFiles.isEmpty, site.image != nil {
            notes.append(
                "\(Listing.some(site.secretFiles)) may hold secrets: kept out of the image by .dockerignore"
            )
        }
        if let image = site.image, site.listensAtLoopback {
            notes.append(
                "the site listens at 127.0.0.1 of its container, which nothing outside reaches: bind 0.0.0.0 in "
                    + YAMLText.name(image.dockerfile.path))
        }
        if !site.images.beside.isEmpty {
            notes.append(
                "compose starts \(Listing.some(site.images.beside)) beside the site: `pipeline` starts the site "
                    + "alone; start those where it runs")
        }
        notes += packsAndLinks()
        if site.facts.unreadableNames > 0 {
            notes.append(
                "\(site.facts.unreadableNames) names are not UTF-8; a sync refuses those in its data"
            )
        }
        return notes
    }

    /// What else there is for data that is not read in place.
    private func packsAndLinks() -> [String] {
        let overlays = site.dataFolders.filter { Path.words(Path.name($0)).contains("overlay") }
        let packs = site.dataFolders.filter { folder in
            site.facts.files.contains { file in
                Path.isWithin(file, folder)
                    && ["squash", "squashfs", "sqfs"].contains(FileEndings.ending(file))
            }
        }
        return overlays.map {
            "`pipeline data link` makes links to the files of \(YAMLText.name($0)) on a machine that mounts it"
        }
            + packs.map {
                "\(YAMLText.name($0)) holds packs: `pipeline data pack` makes, lists and verifies such"
            }
    }

    func next() -> [String] {
        var next = ["`pipeline plan` shows what a run would do, and changes nothing"]
        if site.image != nil, site.health.namesRelease, site.health.source == nil {
            next.append(
                "let the site answer \(site.health.path) with its release and manifest, as "
                    + "pipeline/environments/local.yaml says")
        }
        if site.image == nil, site.preview != nil || site.rendered != nil {
            next.append(
                "`pipeline doctor -e local` lists what this machine lacks: packages, nginx")
        }
        if site.image != nil {
            next.append(
                "`pipeline doctor -e local` says what this machine lacks: a Docker engine, and a "
                    + "registry at 127.0.0.1:5000")
        }
        next.append(
            (site.image != nil || site.preview != nil || site.rendered != nil)
                && !site.dataFolders.isEmpty
                ? "`pipeline run deploy` ends with the site's address" : "`pipeline run` does it")
        if let draft = environments.first(where: \.isDraft) {
            next.append(
                "fill in pipeline/environments/\(draft.name).yaml.draft and take \".draft\" off its name"
            )
        } else if environments.count > 1 {
            next.append(
                "`pipeline doctor -e \(environments[1].name)` looks at AWS, and changes nothing there"
            )
        }
        return next
    }
}
