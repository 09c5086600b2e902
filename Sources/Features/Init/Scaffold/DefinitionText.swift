/// The text of a proposed `pipeline/pipeline.yaml`.
enum DefinitionText {
    static func text(project: String, _ stages: [Proposal.Stage], _ site: SiteChoice) -> String {
        var lines = Comment.lines(
            "Proposed by `pipeline init` from what lies in this folder. Every line is yours to change; "
                + "unknown keys and names are reported with line and column. "
                + "`pipeline plan` shows what a run would do, and changes nothing.")
        lines.append("project: " + YAMLText.scalar(project))
        lines.append("default_environment: local")
        if !site.roots.isEmpty {
            lines.append("")
            lines += Comment.lines(
                "Folders outside of this one that programs read. Where another machine has them elsewhere, change the "
                    + "path here.")
            lines.append("roots:")
            lines += site.roots.map { "  \(YAMLText.scalar($0.name)): \(YAMLText.scalar($0.path))" }
        }
        lines += ["", "stages:"]
        for (index, stage) in stages.enumerated() {
            if index > 0 { lines.append("") }
            lines += Comment.lines(stage.reason, indent: 2)
            lines.append("  \(YAMLText.scalar(stage.name)):")
            lines += stage.lines.map { "    " + $0 }
        }
        for question in site.questions {
            lines.append("")
            lines += Comment.lines("Question: \(question.text)", indent: 2)
            for reading in question.readings { lines += Comment.lines("- \(reading)", indent: 4) }
        }
        if !stages.contains(where: { $0.kind == "deploy" }) {
            lines.append("")
            lines += Comment.lines(missing(stages), indent: 2)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func missing(_ stages: [Proposal.Stage]) -> String {
        let hasImage = stages.contains { $0.kind == "image" }
        let hasData = stages.contains { $0.kind == "sync" }
        if hasImage {
            return
                "No folder of data was found. When there is one, two stages make a deployment of "
                + "image and data: `sync: { kind: sync, data: FOLDER }` and "
                + "`deploy: { kind: deploy, needs: [push, sync] }`."
        }
        return (hasData ? "" : "No folder of data and ")
            + "\(hasData ? "No" : "no") Dockerfile was found. With one, `image`, `push` and `deploy` make "
            + "a deployment; without, data is synced and verified, and nothing is started."
    }
}
