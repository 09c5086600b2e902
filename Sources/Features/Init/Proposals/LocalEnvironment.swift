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
            + ["  port: 8000"] + SiteText.lines(site, steady: "5s", within: "90s")
    }
}

/// How the site is started and judged, below `site:`.
enum SiteText {
    static func lines(_ site: SiteChoice, steady: String, within: String) -> [String] {
        let port = site.containerPort
        var lines = Comment.lines("The port in the container: \(port.reason).", indent: 2)
        lines.append("  container_port: \(port.port)")
        if let data = site.mainData {
            let place = site.dataInContainer
            lines += Comment.lines("Where the site sees the data: \(place.reason).", indent: 2)
            lines.append(
                "  mount: { from: \(YAMLText.scalar(data)), to: \(YAMLText.scalar(place.path)) }")
        }
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
        return lines + ["  smoke:", "    - path: /"]
    }
}
