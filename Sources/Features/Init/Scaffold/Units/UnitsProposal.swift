import FileFormats

/// A stage of kind compile in place of a script that makes many files: a rule for each loop that its text shows, and a
/// worker whose functions are still to be filled in. A starting point; the script is read, never run.
package struct UnitsProposal: Sendable {
    package let script: String
    /// Where the worker belongs.
    package let workerPath: String
    /// The stage, as it stands below `stages:`.
    package let stage: String
    /// The worker, in Python.
    package let worker: String
    package let rules: [String]

    /// - Parameter script: its path in the folder.
    /// - Returns: nil where the text shows no file that it writes.
    package static func make(_ facts: SiteFacts, script: String) -> UnitsProposal? {
        let site = SiteChoice(facts)
        guard let program = site.facts.programs.first(where: { $0.path == script }) else {
            return nil
        }
        let step = site.steps.first { $0.program.path == script }
        let markers = step?.markers ?? []  // none of a script that is no stage
        let writes = program.writes.filter {
            $0.isInside && !$0.path.source.isEmpty && !markers.contains($0.path)
        }
        let rules = UnitRule.rules(writes)
        guard !rules.isEmpty else { return nil }
        // As its stage has them, where it is one.
        let reads = step.map(\.reads) ?? program.reads.filter(\.isInside).map(\.path)
        let worker = Path.join(Path.parent(script), Path.stem(script) + "_units.py")
        return UnitsProposal(
            script: script, workerPath: worker,
            stage: stage(
                rules, name: step?.name ?? "compile", script: script, worker: worker,
                code: step?.code ?? [],  // of a script that is no stage it is not known
                reads: reads.map(\.pattern).sorted()),
            worker: WorkerSkeleton.text(rules, script: script), rules: rules.map(\.name))
    }

    private static func stage(
        _ rules: [UnitRule], name: String, script: String, worker: String, code: [String],
        reads: [String]
    ) -> String {
        var lines = [
            "# From \(YAMLText.name(script)), which was read and not run: a rule for each loop that writes files.",
            "# It takes the place of the stage that starts the script.",
            "\(name):", "  kind: compile", "  worker: " + YAMLText.list(["python3", worker]),
        ]
        if !code.isEmpty { lines.append("  code: " + YAMLText.list(code)) }
        lines.append("  units:")
        for rule in rules {
            lines.append("    # \(YAMLText.name(rule.file)) line \(rule.line)")
            lines.append("    \(rule.name):")
            if !rule.axes.isEmpty { lines.append("      matrix:") }
            for axis in rule.axes {
                lines.append("        \(axis.name): \(axis.text(reads))")
            }
            if !reads.isEmpty { lines.append("      inputs: " + YAMLText.list(reads)) }
            lines.append("      outputs: " + YAMLText.scalar(rule.output))
            if let format = FileFormat(endingOf: rule.output) {
                lines.append("      check: \(format.name)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The files that one line of a script writes.
struct UnitRule {
    struct Axis {
        let name: String
        /// nil where only the data tells.
        let values: [String]?
        let function: String

        /// Whole numbers one after the other, all of one width.
        var range: (from: Int, to: Int, width: Int)? {
            guard let values, values.count > 1 else { return nil }
            let numbers = values.compactMap { Int($0) }.sorted()
            guard numbers.count == values.count, let from = numbers.first, from >= 0,
                let to = numbers.last, to - from == numbers.count - 1
            else { return nil }
            let widths = Set(values.map(\.utf8.count))
            let isPadded = widths.count == 1 && values.contains { $0.hasPrefix("0") && $0 != "0" }
            guard
                isPadded
                    || numbers.map(String.init)
                        == values.sorted(by: { (Int($0) ?? 0) < (Int($1) ?? 0) })
            else { return nil }
            return (from, to, isPadded ? widths.first ?? 0 : 0)
        }

        func text(_ reads: [String]) -> String {
            guard let values else {
                let inputs = reads.isEmpty ? "" : ", inputs: " + YAMLText.list(reads)
                return "{ from_worker: \(function)\(inputs) }"
            }
            if let range { return "{ from: \(range.from), to: \(range.to) }" }
            return YAMLText.list(values)
        }
    }

    let name: String
    let file: String
    let line: Int
    let axes: [Axis]
    /// As it stands under "outputs".
    let output: String

    /// One rule for each line that writes, and for each form of path that it writes.
    static func rules(_ writes: [Program.Access]) -> [UnitRule] {
        var lines: [(key: String, writes: [Program.Access])] = []
        for write in writes {
            let key = "\(write.file):\(write.line)"
            if let index = lines.firstIndex(where: { $0.key == key }) {
                if !lines[index].writes.contains(where: { $0.path == write.path }) {
                    lines[index].writes.append(write)
                }
            } else {
                lines.append((key, [write]))
            }
        }
        var rules: [UnitRule] = []
        for (_, group) in lines {
            guard let first = group.first else { continue }
            if group.count > 1, let (prefix, values, suffix) = split(group.map(\.path.source)) {
                rules.append(
                    rule(first, prefix + "{variant}" + suffix, rules, variants: values))
            } else {
                for write in group { rules.append(rule(write, write.path.source, rules)) }
            }
        }
        return rules
    }

    private static func rule(
        _ write: Program.Access, _ template: String, _ earlier: [UnitRule],
        variants: [String]? = nil
    ) -> UnitRule {
        let path = PathTemplate(template)
        let folder = Path.name(path.folder)
        var name = plain(
            path.isConstant || folder.isEmpty ? Path.stem(Path.name(template)) : folder)
        if name.isEmpty { name = "table" }
        let base = name
        var count = 1
        while earlier.contains(where: { $0.name == name }) {
            count += 1
            name = "\(base)_\(count)"
        }
        var axes: [Axis] = []
        var output = ""
        for piece in path.pieces {
            switch piece {
            case .text(let text): output += StageProposer.withoutPlaces(text)
            case .hole(let hole):
                let axis = Axis(
                    name: plain(hole),
                    values: hole == "variant" && variants != nil ? variants : write.values[hole],
                    function: "\(name)_\(plain(hole))")
                if !axes.contains(where: { $0.name == axis.name }) { axes.append(axis) }
                let width = axis.range?.width ?? 0
                output += width > 0 ? "{\(axis.name):0\(width)}" : "{\(axis.name)}"
            }
        }
        return UnitRule(
            name: name, file: write.file, line: write.line, axes: axes, output: output)
    }

    /// Paths that differ in one part between marks: what comes before it, the parts, and what comes after.
    private static func split(_ paths: [String]) -> (String, [String], String)? {
        let texts = paths.map { Array($0.unicodeScalars) }
        guard let shortest = texts.map(\.count).min(), let first = texts.first else { return nil }
        var start =
            (0..<shortest).first { at in texts.contains { $0[at] != first[at] } } ?? shortest
        while start > 0, first[start - 1] != "/" { start -= 1 }
        var end = 0
        while end < shortest - start,
            texts.allSatisfy({ $0[$0.count - 1 - end] == first[first.count - 1 - end] })
        { end += 1 }
        func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return String(text)
        }
        var suffix = text(first.suffix(end))
        // A part ends before a mark, and outside of a hole.
        guard let mark = suffix.firstIndex(where: { "_.-/{".contains($0) }) else { return nil }
        suffix = String(suffix[mark...])
        let values = texts.map {
            text($0[start..<($0.count - suffix.unicodeScalars.count)])
        }
        guard values.allSatisfy({ !$0.isEmpty && !$0.contains("{") && !$0.contains("/") }) else {
            return nil
        }
        return (text(first.prefix(start)), values, suffix)
    }

    /// As the name of a rule, an axis or a function.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.lowercased().unicodeScalars.map {
                    ("a"..."z").contains($0) || ("0"..."9").contains($0) ? $0 : "_"
                }))
    }
}
