/// The stages for a site.
struct StageProposer {
    private let site: SiteChoice

    init(_ site: SiteChoice) {
        self.site = site
    }

    func stages() -> [Proposal.Stage] {
        var stages = site.steps.map(stage)
        let files = site.dataFolders.reduce(0) { $0 + (site.facts.folders[$1]?.files ?? 0) }
        let hasData = !site.dataFolders.isEmpty && (files > 0 || !site.steps.isEmpty)
        if let image = site.image { stages += [imageStage(image), pushStage()] }
        if hasData, site.preview != nil { stages.append(codeStage()) }
        if hasData { stages.append(syncStage()) }
        if hasData, let deploy = deployStage() { stages.append(deploy) }
        return stages
    }

    private func deployStage() -> Proposal.Stage? {
        let back = "`pipeline rollback` brings back an earlier one"
        if site.image != nil {
            return Proposal.Stage(
                name: "deploy", kind: "deploy",
                reason: "An environment runs the pushed image over the synced data: a release. "
                    + "\(back), code and data together.",
                lines: ["kind: deploy", "needs: [push, sync]"],
                summary: "image and data, as a release")
        }
        if site.preview != nil {
            return Proposal.Stage(
                name: "deploy", kind: "deploy",
                reason:
                    "An environment runs the code over the synced data: a release. \(back), code and data together.",
                lines: ["kind: deploy", "needs: [image, sync]"],
                summary: "code and data, as a release")
        }
        guard site.rendered != nil else { return nil }
        return Proposal.Stage(
            name: "deploy", kind: "deploy",
            reason: "The synced pages are a release, and a web server serves them. \(back).",
            lines: ["kind: deploy", "needs: sync"], summary: "the pages, as a release")
    }

    /// Of a site without a Dockerfile.
    private func codeStage() -> Proposal.Stage {
        Proposal.Stage(
            name: "image", kind: "image",
            reason:
                "The code of the site, this folder without what .dockerignore names: a preview runs a copy of it as a "
                + "process. With a Dockerfile and a stage of kind push, an image is built of it for other environments.",
            lines: ["kind: image", "context: ."], summary: "the code of this folder")
    }

    // MARK: Programs that make data

    private func stage(_ step: Step) -> Proposal.Stage {
        var lines = ["kind: run"]
        if !step.needs.isEmpty { lines.append("needs: " + YAMLText.oneOrMore(step.needs)) }
        lines.append("command: " + YAMLText.list(step.command.map(Self.withoutPlaces)))
        if !step.environment.isEmpty {
            let pairs = step.environment.sorted { $0.key < $1.key }.map {
                "\(YAMLText.scalar($0.key)): \(YAMLText.scalar($0.value))"
            }
            lines.append("environment: { \(pairs.joined(separator: ", ")) }")
        }
        if !step.code.isEmpty { lines.append("code: " + YAMLText.list(step.code)) }
        let inputs = Set(step.reads.map { input($0, step) } + step.rootInputs)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if !inputs.isEmpty { lines.append("inputs: " + YAMLText.list(inputs)) }
        let outputs = step.outputs.map(\.pattern)
        if !outputs.isEmpty { lines.append("outputs: " + YAMLText.oneOrMore(outputs)) }
        let markers = step.markers.map(\.pattern)
        if !markers.isEmpty, !outputs.isEmpty {
            lines.append("markers: " + YAMLText.oneOrMore(markers))
        }
        return Proposal.Stage(
            name: step.name, kind: "run", reason: reason(step), lines: lines,
            summary: Listing.words(step.command))
    }

    /// What another stage makes may not be there yet: as a pattern it is no input that is missing.
    private func input(_ path: PathTemplate, _ step: Step) -> String {
        if let constant = path.constant, site.facts.folders[constant] != nil {
            return Self.withoutPlaces(Self.escaped(constant))
        }
        guard step.made.contains(path), path.isConstant else { return path.pattern }
        return path.pattern + "*"
    }

    private func reason(_ step: Step) -> String {
        let written = step.writes.map(\.source).sorted()
        var text = "\(step.label) writes \(Listing.some(written, limit: 6))."
        text +=
            step.reads.isEmpty && step.rootInputs.isEmpty
            ? " It reads no file here: it runs again when its code changes."
            : " It runs again when its code or what it reads changes."
        if !step.needs.isEmpty {
            text +=
                " It reads what \(Listing.and(step.needs)) \(step.needs.count == 1 ? "writes" : "write")."
        }
        for remark in step.remarks { text += " Check: \(remark)." }
        return text
    }

    // MARK: Image and data

    private func imageStage(_ image: ImageFinder.Choice) -> Proposal.Stage {
        var lines = ["kind: image"]
        let makers = site.steps.filter { step in
            step.writes.contains { path in site.travel.inImage.contains { path.isWithin($0) } }
        }
        if !makers.isEmpty { lines.append("needs: " + YAMLText.oneOrMore(makers.map(\.name))) }
        lines.append("context: " + YAMLText.scalar(image.context.isEmpty ? "." : image.context))
        let folder = image.context
        let inside =
            folder.isEmpty
            ? image.dockerfile.path
            : String(image.dockerfile.path.utf8.dropFirst(folder.utf8.count + 1))
                ?? image.dockerfile.path
        if inside != "Dockerfile" { lines.append("dockerfile: " + YAMLText.scalar(inside)) }
        if let target = image.target { lines.append("target: " + YAMLText.scalar(target)) }
        lines.append("platform: linux/amd64")
        if !image.arguments.isEmpty {
            lines.append("build_arguments: " + YAMLText.mapping(image.arguments))
        }
        let kept = site.dataFolders
        return Proposal.Stage(
            name: "image", kind: "image",
            reason: "The image of \(YAMLText.name(image.dockerfile.path)), built from "
                + "\(folder.isEmpty ? "this folder" : YAMLText.name(folder)): \(image.reason). "
                + "Skipped while nothing of it has changed."
                + (kept.isEmpty
                    ? "" : " Data (\(Listing.names(kept))) stays out of it, by .dockerignore.")
                + (makers.isEmpty
                    ? ""
                    : " The Dockerfile copies \(Listing.names(site.travel.inImage)), which a stage makes."),
            lines: lines,
            summary: YAMLText.name(image.dockerfile.path))
    }

    private func pushStage() -> Proposal.Stage {
        Proposal.Stage(
            name: "push", kind: "push",
            reason:
                "To the registry that the environment names, which confirms the digest. An image "
                + "for a public registry is first looked through for credentials and data.",
            lines: ["kind: push", "needs: image"], summary: "to the environment's registry")
    }

    private func syncStage() -> Proposal.Stage {
        let needed = Set(site.steps.flatMap(\.needs))
        let last = site.steps.map(\.name).filter { !needed.contains($0) }
        var lines = ["kind: sync"]
        if !last.isEmpty { lines.append("needs: " + YAMLText.oneOrMore(last)) }
        lines.append("data: " + YAMLText.list(site.dataFolders))
        if !site.travel.excluded.isEmpty {
            lines.append("exclude: " + YAMLText.list(site.travel.excluded))
        }
        let found = site.dataFolders.map { folder in
            let facts = site.facts.folders[folder]
            return "\(YAMLText.name(folder)) ("
                + (facts.map { Size.text($0, isAtLeast: site.facts.isCutShort) }
                    ?? "not there yet") + ")"
        }
        let stays = site.staying.map { folder in
            let facts = site.facts.folders[folder]
            return YAMLText.name(folder)
                + (facts.map { " (\(Size.text($0, isAtLeast: site.facts.isCutShort)))" } ?? "")
        }
        return Proposal.Stage(
            name: "sync", kind: "sync",
            reason:
                "The data of a release: \(Listing.and(found)). It is sent apart from the image, "
                + "and only what changed is sent."
                + (stays.isEmpty
                    ? "" : " What only the compile reads stays here: \(Listing.and(stays)).")
                + " `pipeline data files` lists what would be sent.",
            lines: lines, summary: Listing.and(found))
    }

    // MARK: Texts of paths

    /// As a pattern that matches this path alone (glob(7)).
    static func escaped(_ path: String) -> String {
        var text = ""
        for scalar in path.unicodeScalars {
            if "*?[".unicodeScalars.contains(scalar) {
                text += "[\(scalar)]"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Braces stand for values in a definition; two of them for one.
    static func withoutPlaces(_ text: String) -> String {
        text.split(separator: "{", omittingEmptySubsequences: false).joined(separator: "{{")
            .split(separator: "}", omittingEmptySubsequences: false).joined(separator: "}}")
    }
}
