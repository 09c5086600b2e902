/// The environment on this machine: the whole chain without any account.
struct LocalEnvironment {
    private let site: SiteChoice

    init(_ site: SiteChoice) {
        self.site = site
    }

    func environment() -> Proposal.Environment {
        let lines = site.image == nil ? dataOnly() : container()
        return Proposal.Environment(
            name: "local", text: lines.joined(separator: "\n") + "\n", missing: [])
    }

    private func dataOnly() -> [String] {
        Comment.lines(
            "This machine, as a place for data alone: a folder that takes the place of the shared file "
                + "system, with the same slots, markers and checks. Nothing is started.")
            + ["kind: data", "data: { root: .pipeline/environments/local/data, slots: 3 }"]
    }

    private func container() -> [String] {
        Comment.lines(
            "This machine as the place where releases run: a registry on 127.0.0.1, a folder in place of "
                + "the shared file system, and the image in a container. The same slots, checks, releases "
                + "and rollback as anywhere else, and no account is needed.")
            + ["kind: local", "repository: 127.0.0.1:5000/\(site.project)", ""]
            + ["data: { root: .pipeline/environments/local/data, slots: 3 }", "", "site:"]
            + Comment.lines("The port of this machine at which the site answers.", indent: 2)
            + ["  port: 8000"] + SiteText.lines(site, isHere: true, steady: "5s", within: "90s")
    }
}

/// How the site is started and judged, below `site:`.
enum SiteText {
    static func lines(
        _ site: SiteChoice, isHere: Bool, steady: String, within: String
    ) -> [String] {
        let port = site.containerPort
        var lines = Comment.lines("The port in the container: \(port.reason).", indent: 2)
        lines.append("  container_port: \(port.port)")
        lines += mounts(site) + command(site, isHere: isHere) + variables(site)
        let health = site.health
        lines += Comment.lines(
            (health.source.map { "\(YAMLText.name($0)) has this page." }
                ?? "No program here names such a page: the site needs one.")
                + " It answers with status 200 and {\"release\": …, \"manifest\": …}, the values of the "
                + "variables PIPELINE_RELEASE and PIPELINE_MANIFEST, so that it is known which "
                + "release answers.", indent: 2)
        lines.append(
            "  health: { path: \(YAMLText.scalar(health.path)), steady_for: \(steady), within: \(within) }"
        )
        lines += Comment.lines(
            "Pages that must answer before a release counts; name more, and texts that they hold.",
            indent: 2)
        lines += ["  smoke:", "    - path: /"]
        return lines
    }

    private static func mounts(_ site: SiteChoice) -> [String] {
        let mounts = site.mounts
        guard let first = mounts.first else { return [] }
        func text(_ mount: MountChoice.Mount) -> String {
            "{ from: \(YAMLText.scalar(mount.from)), to: \(YAMLText.scalar(mount.to)) }"
        }
        var lines: [String] = []
        if mounts.count == 1 {
            lines += Comment.lines("Where the site sees the data: \(first.reason).", indent: 2)
            return lines + ["  mount: " + text(first)]
        }
        lines += Comment.lines("Where the site sees the data.", indent: 2)
        lines.append("  mounts:")
        for mount in mounts {
            lines += Comment.lines("\(YAMLText.name(mount.from)): \(mount.reason).", indent: 4)
            lines.append("    - " + text(mount))
        }
        return lines
    }

    private static func command(_ site: SiteChoice, isHere: Bool) -> [String] {
        guard let service = site.image?.service, !service.command.isEmpty else { return [] }
        let isPlain = !service.command.contains { $0.contains("$") || $0.contains("`") }
        guard isHere, isPlain else {
            return Comment.lines(
                "Question: the compose file starts the container by \(Listing.words(service.command)), and here the "
                    + "image's own command starts it: make that the CMD of the Dockerfile.",
                indent: 2)
        }
        return Comment.lines("How the container starts: as the compose file says.", indent: 2)
            + ["  command: " + YAMLText.list(service.command.map(StageProposer.withoutPlaces))]
    }

    private static func variables(_ site: SiteChoice) -> [String] {
        var lines: [String] = []
        let known = site.variables.sorted { $0.key < $1.key }
        if !known.isEmpty {
            lines += Comment.lines("Variables of the compose file.", indent: 2)
            lines.append("  environment:")
            lines += known.map { "    \(YAMLText.scalar($0.key)): \(YAMLText.scalar($0.value))" }
        }
        let open = site.openVariables
        let files = site.image?.service?.environmentFiles ?? []
        if !open.isEmpty || !files.isEmpty {
            let names = open.isEmpty ? "" : Listing.names(open)
            let from = files.isEmpty ? "" : "the variables of \(Listing.names(files))"
            lines += Comment.lines(
                "Question: the site also gets \(Listing.and([names, from].filter { !$0.isEmpty })). Values that are no "
                    + "secret can stand under \"environment\"; secrets belong to the place where it runs.",
                indent: 2)
        }
        return lines
    }
}
