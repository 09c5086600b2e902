/// The stages for a site.
struct StageProposer {
    private let site: SiteChoice

    init(_ site: SiteChoice) {
        self.site = site
    }

    func stages() -> [Proposal.Stage] {
        let compiling = compileStages()
        let files = site.dataFolders.reduce(0) { $0 + (site.facts.folders[$1]?.files ?? 0) }
        let hasData = !site.dataFolders.isEmpty && (files > 0 || !compiling.isEmpty)
        var stages = compiling
        if let image = site.image { stages += [imageStage(image), pushStage()] }
        if hasData { stages.append(syncStage(after: last(compiling))) }
        if hasData, site.image != nil {
            stages.append(
                Proposal.Stage(
                    name: "deploy", kind: "deploy",
                    reason: "An environment runs the pushed image over the synced data: a release. "
                        + "`pipeline rollback` brings back an earlier one, code and data together.",
                    lines: ["kind: deploy", "needs: [push, sync]"],
                    summary: "image and data, as a release"))
        }
        return stages
    }

    // MARK: Programs that make data

    private func compileStages() -> [Proposal.Stage] {
        let ordered =
            site.scripts.filter { !$0.isFigure } + site.scripts.filter(\.isFigure)
        let isOne = ordered.count { !$0.isFigure } == 1
        var stages: [Proposal.Stage] = []
        var names: Set<String> = ["compile", "image", "push", "sync", "deploy", "run"]
        var lastCompile: String?
        for (index, script) in ordered.enumerated() {
            let name =
                isOne && !script.isFigure ? "compile" : Self.unused(script, &names)
            let earlier = ordered[..<index].filter { !$0.isFigure }
            stages.append(stage(script, name, after: lastCompile, earlier: Array(earlier)))
            if !script.isFigure { lastCompile = name }
        }
        return stages.enumerated().map { index, stage in
            index > 0 ? stage : stage.saying(Self.aboutUnits)
        }
    }

    private static let aboutUnits =
        "A program that writes to its place by itself is one piece of work: killed, it starts over. "
        + "With units (kind compile: a family with outputs and a matrix, and {output} in its command) a "
        + "long compile resumes where it was killed, and only what changed is made again."

    private static func unused(_ script: ScriptFacts, _ names: inout Set<String>) -> String {
        let base = SiteChoice.plainName(script.target ?? Path.stem(script.path)) ?? "step"
        var name = base
        var number = 2
        while !names.insert(name).inserted {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }

    private func stage(
        _ script: ScriptFacts, _ name: String, after: String?, earlier: [ScriptFacts]
    ) -> Proposal.Stage {
        let inputs = inputs(script, earlier)
        let code = CodeFinder(site.facts).code(of: script)
        var lines = ["kind: run"]
        if let after { lines.append("needs: \(after)") }
        lines.append("command: " + YAMLText.list(command(script).map(Self.withoutPlaces)))
        if let folder = code.searchPath {
            lines.append("environment: { PYTHONPATH: \(YAMLText.scalar(folder)) }")
        }
        if !code.patterns.isEmpty { lines.append("code: " + YAMLText.list(code.patterns)) }
        if !inputs.isEmpty { lines.append("inputs: " + YAMLText.list(inputs)) }
        return Proposal.Stage(
            name: name, kind: "run", reason: reason(script, inputs, after), lines: lines,
            summary: Listing.words(command(script)))
    }

    private func reason(_ script: ScriptFacts, _ inputs: [String], _ after: String?) -> String {
        let what = script.target.map { "`make \($0)`" } ?? YAMLText.name(script.path)
        var text =
            script.written.isEmpty
            ? "\(what) makes data, as its name says."
            : "\(what) writes \(Listing.and(script.written.sorted().map { ".\($0)" })) files."
        text +=
            inputs.isEmpty
            ? " It runs again when its code changes; name under \"inputs\" what it reads, so that it "
                + "also runs when that changes."
            : " It runs again when its code or these inputs change."
        if after != nil, !script.isFigure {
            text += " It comes after the one above by its name; change \"needs\" if that is wrong."
        }
        return text
    }

    private func command(_ script: ScriptFacts) -> [String] {
        let path = script.path.hasPrefix("-") ? "./" + script.path : script.path
        switch script.language {
        case .python: return [site.facts.python ?? "python3", path]
        case .r: return ["Rscript", path]
        case .shell:
            let text = site.facts.texts[script.path] ?? ""
            return [text.prefix(40).contains("bash") ? "bash" : "sh", path]
        case .make:
            let folder = Path.parent(path)
            return ["make"] + (folder.isEmpty ? [] : ["-C", folder]) + [script.target ?? "all"]
        }
    }

    /// Raw data, and what earlier programs write by endings that this one does not write.
    private func inputs(_ script: ScriptFacts, _ earlier: [ScriptFacts]) -> [String] {
        var inputs: [String] = []
        let raw = site.data.folders.flatMap(site.data.raw)
        let before = Set(earlier.flatMap(\.written)).subtracting(script.written).sorted()
        if !script.isFigure || before.isEmpty { inputs += raw.map(Self.pattern) }
        for folder in site.dataFolders {
            for ending in before { inputs.append(Self.escaped(folder) + "/**/*.\(ending)") }
        }
        guard inputs.isEmpty else { return inputs }
        // Without a folder for what is raw: files that it names, and does not write.
        return script.mentioned.filter { path in
            FileEndings.isData(path) && !script.written.contains(FileEndings.ending(path))
                && (site.facts.files.contains(path))
        }.map(Self.pattern)
    }

    private func last(_ stages: [Proposal.Stage]) -> [String] {
        let needed = Set(
            stages.flatMap { stage in
                stage.lines.filter { $0.hasPrefix("needs: ") }.map { String($0.dropFirst(7)) }
            })
        return stages.map(\.name).filter { !needed.contains($0) }
    }

    // MARK: Image and data

    private func imageStage(_ image: ImageFinder.Choice) -> Proposal.Stage {
        var lines = [
            "kind: image",
            "context: " + YAMLText.scalar(image.context.isEmpty ? "." : image.context),
        ]
        let folder = image.context
        let inside =
            folder.isEmpty
            ? image.dockerfile.path
            : String(image.dockerfile.path.utf8.dropFirst(folder.utf8.count + 1))
                ?? image.dockerfile.path
        if inside != "Dockerfile" { lines.append("dockerfile: " + YAMLText.scalar(inside)) }
        lines.append("platform: linux/amd64")
        let kept = site.dataFolders.filter { !site.copiedData.contains($0) }
        return Proposal.Stage(
            name: "image", kind: "image",
            reason: "The image of \(YAMLText.name(image.dockerfile.path)), built from "
                + "\(folder.isEmpty ? "this folder" : YAMLText.name(folder)): \(image.reason). "
                + "Skipped while nothing of it has changed."
                + (kept.isEmpty
                    ? "" : " Data (\(Listing.names(kept))) stays out of it, by .dockerignore."),
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

    private func syncStage(after: [String]) -> Proposal.Stage {
        var excluded: [String] = []
        for folder in site.data.folders {
            let raw = site.data.raw(in: folder)
            let own = raw + site.data.intermediate(in: folder)
            let facts = site.facts.folders[folder]?.files ?? 0
            let left = own.reduce(facts) { $0 - (site.facts.folders[$1]?.files ?? 0) }
            // A folder that holds nothing else is the data itself.
            if left > 0 || !after.isEmpty { excluded += own }
        }
        var lines = ["kind: sync"]
        if !after.isEmpty { lines.append("needs: " + YAMLText.oneOrMore(after)) }
        lines.append("data: " + YAMLText.list(site.dataFolders))
        if !excluded.isEmpty {
            lines.append("exclude: " + YAMLText.list(excluded.map(Self.escaped)))
        }
        let found = site.dataFolders.map { folder in
            let facts = site.facts.folders[folder]
            return "\(YAMLText.name(folder)) ("
                + (facts.map { Size.text($0, isAtLeast: site.facts.isCutShort) }
                    ?? "not there yet") + ")"
        }
        return Proposal.Stage(
            name: "sync", kind: "sync",
            reason:
                "The data of a release: \(Listing.and(found)). It is sent apart from the image, "
                + "and only what changed is sent."
                + (excluded.isEmpty
                    ? ""
                    : " What only the compile reads stays here: \(Listing.names(excluded)).")
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

    /// A file or folder under "inputs", where braces stand for values.
    private static func pattern(_ path: String) -> String {
        let text = escaped(path)
        return withoutPlaces(text == path ? path : text + "/**")
    }

    private static func withoutPlaces(_ text: String) -> String {
        text.split(separator: "{", omittingEmptySubsequences: false).joined(separator: "{{")
            .split(separator: "}", omittingEmptySubsequences: false).joined(separator: "}}")
    }
}
