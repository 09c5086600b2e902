/// The environment on this machine: the whole chain without any account.
struct LocalEnvironment {
    private let site: SiteChoice

    init(_ site: SiteChoice) {
        self.site = site
    }

    func environment() -> Proposal.Environment {
        let lines =
            if site.image != nil {
                container()
            } else if let preview = site.preview {
                process(preview)
            } else if let rendered = site.rendered {
                pages(rendered)
            } else {
                dataOnly()
            }
        return Proposal.Environment(
            name: "local", text: lines.joined(separator: "\n") + "\n", missing: [])
    }

    private func dataOnly() -> [String] {
        Comment.lines(
            "This machine, as a place for data alone: a folder that takes the place of the shared file "
                + "system, with the same slots, markers and checks. Nothing is started.")
            + ["kind: data", "data: { root: .pipeline/environments/local/data, slots: 3 }"]
    }

    /// Without a Dockerfile: the code as a process.
    private func process(_ preview: PreviewChoice) -> [String] {
        Comment.lines(
            "This machine as the place where releases run, without Docker: the code as a process, with nginx in front, "
                + "and a folder in place of the shared file system. \(preview.reason)")
            + ["kind: preview"]
            + ["data: { root: .pipeline/environments/local/data, slots: 3 }", "", "site:"]
            + Comment.lines("The port of this machine at which the site answers.", indent: 2)
            + ["  port: \(PreviewChoice.port)"]
            + Comment.lines(
                "How the process starts; {port} is a free port that nginx leads to.", indent: 2)
            + ["  command: " + YAMLText.list(preview.command)]
            + SiteText.mounts(site) + SiteText.variables(site, isHere: true)
            + SiteText.health(site, isHere: true, steady: "5s", within: "90s")
    }

    /// A site that is files alone.
    private func pages(_ folder: String) -> [String] {
        Comment.lines(
            "This machine as the place where releases are served: a folder for each release, and nginx in front of the "
                + "live one. On a server, \"root\" is a folder that its web server serves.")
            + ["kind: static", "data: { root: .pipeline/environments/local/data, slots: 3 }"]
            + ["static:", "  folder: \(YAMLText.scalar(folder))", "  serve: { port: 8000 }"]
            + ["site:"]
            + Comment.lines(
                "Pages that must be there before a release counts; name more, and texts that they hold.",
                indent: 2)
            + ["  smoke:", "    - path: /"]
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
        lines += mounts(site) + command(site, isHere: isHere) + variables(site, isHere: isHere)
        return lines + self.health(site, isHere: isHere, steady: steady, within: within)
    }

    static func health(
        _ site: SiteChoice, isHere: Bool, steady: String, within: String
    ) -> [String] {
        let health = site.health
        var lines = Comment.lines(
            health.namesRelease ? named(health) : unnamed(health, isHere: isHere), indent: 2)
        lines.append(
            "  health: { path: \(YAMLText.scalar(health.path)), "
                + (health.namesRelease ? "" : "identity: none, ")
                + "steady_for: \(steady), within: \(within) }")
        lines += Comment.lines(
            "Pages that must answer before a release counts; name more, and texts that they hold."
                + (checksScript(site, isHere)
                    ? " The second one runs the script, and fails where it raises an exception."
                    : showsNothing(site)
                        ? " The text is that of a page which shows something: where the script raises an exception, the "
                            + "page is empty, with status 200." : ""),
            indent: 2)
        lines += ["  smoke:", "    - path: \(YAMLText.scalar(site.startPage))"]
        if showsNothing(site) { lines.append("      contains: '\"root_ids\":[\"'") }
        if checksScript(site, isHere) { lines.append("    - path: /_stcore/script-health-check") }
        return lines
    }

    private static func named(_ health: HealthChoice) -> String {
        (health.source.map { "\($0) has this page." }
            ?? "No program here names such a page: the site needs one.")
            + " It answers with status 200 and {\"release\": …, \"manifest\": …}, the values of the "
            + "variables PIPELINE_RELEASE and PIPELINE_MANIFEST, so that it is known which "
            + "release answers."
    }

    private static func unnamed(_ health: HealthChoice, isHere: Bool) -> String {
        (health.source.map { "\($0) has this page." } ?? "The page must answer with status 200.")
            + " The site does not tell which release it is, so "
            + (isHere
                ? "what is started here is checked instead, with its port"
                : "what AWS reports of its instances or tasks is checked instead")
            + " (identity: none). To have the release itself checked, let a page answer with "
            + "{\"release\": …, \"manifest\": …}, the values of the variables PIPELINE_RELEASE and "
            + "PIPELINE_MANIFEST, name it here, and take \"identity\" out."
    }

    /// Panel and Bokeh answer with an empty page where the script of an app raises an exception.
    private static func showsNothing(_ site: SiteChoice) -> Bool {
        ["panel", "bokeh"].contains(site.framework) && site.startPage != "/"
    }

    private static let scriptCheck = "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED"

    /// Streamlit's server passes health checks whatever its script does. A variable that only this tool sets has it run the script when
    /// a page of its own is asked, so this is for sites that are started here.
    private static func checksScript(_ site: SiteChoice, _ isHere: Bool) -> Bool {
        isHere && site.framework == "streamlit"
    }

    static func mounts(_ site: SiteChoice) -> [String] {
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

    static func variables(_ site: SiteChoice, isHere: Bool) -> [String] {
        var lines: [String] = []
        var variables = site.variables
        let checksScript = checksScript(site, isHere) && variables[scriptCheck] == nil
        if !variables.isEmpty {
            lines += Comment.lines("Variables of the compose file.", indent: 2)
        }
        if checksScript {
            variables[scriptCheck] = "true"
            lines += Comment.lines(
                "\(scriptCheck): Streamlit answers at /_stcore/script-health-check whether its script runs.",
                indent: 2)
        }
        let known = variables.sorted { $0.key < $1.key }
        if !known.isEmpty {
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
