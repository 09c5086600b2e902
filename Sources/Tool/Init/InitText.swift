import JSON
import ProjectScaffold
import Terminal

/// What `init` did, for people and for programs.
enum InitText {
    /// - Parameter width: columns; nil where nothing has to be wrapped.
    static func lines(_ work: InitWork, style: Style, width: Int?) -> [String] {
        let proposal = work.proposal
        let count = proposal.stages.count
        var lines = ["\(style.bold(proposal.project)): \(count) \(count == 1 ? "stage" : "stages")"]
        let longest = proposal.stages.map { DisplayWidth.of($0.name) }.max() ?? 0
        for stage in proposal.stages {
            let name = style.bold(DisplayWidth.pad(stage.name, to: longest))
            lines += wrapped("  \(name)  ", longest + 4, stage.summary, width)
        }
        lines.append("")
        for file in work.files {
            let word = DisplayWidth.pad(file.change.rawValue, to: 8)
            lines += wrapped(
                word + "  ", 10,
                Format.escaped(work.shown(file))
                    + (file.added.isEmpty
                        ? "" : ": added " + file.added.map(Format.escaped).joined(separator: ", ")),
                width)
        }
        if work.files.allSatisfy({ $0.change == .same }) {
            lines.append("all is there as it is proposed; nothing was written")
        }
        if !work.notes.isEmpty { lines.append("") }
        for note in work.notes { lines += wrapped("\(style.yellow("note"))  ", 6, note, width) }
        lines += ["", "Next:"]
        for (index, step) in proposal.next.enumerated() {
            lines += wrapped("  \(index + 1). ", 5, step, width)
        }
        return lines
    }

    /// Words in lines of at most `width` columns, the later ones indented as deep as the first begins.
    private static func wrapped(
        _ start: String, _ startWidth: Int, _ text: String, _ width: Int?
    ) -> [String] {
        guard let width, width > startWidth + 20 else { return [start + text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let more = line.isEmpty ? String(word) : line + " " + word
            if !line.isEmpty, startWidth + DisplayWidth.of(more) > width {
                lines.append(line)
                line = String(word)
            } else {
                line = more
            }
        }
        lines.append(line)
        let indent = String(repeating: " ", count: startWidth)
        return lines.enumerated().map { ($0 == 0 ? start : indent) + $1 }
    }

    /// The texts themselves, each below its name.
    static func texts(_ work: InitWork) -> [String] {
        work.files.flatMap { file in
            ["==> \(Format.escaped(work.shown(file))) (\(file.change.rawValue))"]
                + (file.added.isEmpty
                    ? [String(file.text.dropLast())] : file.added.map(Format.escaped))
                + [""]
        } + work.notes.map { "note \($0)" }
    }

    static func document(_ work: InitWork, isDry: Bool) -> JSONValue {
        let proposal = work.proposal
        return .object([
            "project": .string(proposal.project), "folder": .string(work.folder ?? "."),
            "dry_run": .bool(isDry),
            "stages": .array(
                proposal.stages.map { stage in
                    .object([
                        "stage": .string(stage.name), "kind": .string(stage.kind),
                        "reason": .string(stage.reason),
                    ])
                }),
            "files": .array(
                work.files.map { file in
                    .object([
                        "path": .string(file.path), "change": .string(file.change.rawValue),
                        "text": .string(file.text), "added": .strings(file.added),
                    ])
                }),
            "to_fill_in": .strings(proposal.environments.flatMap(\.missing)),
            "questions": .array(
                proposal.questions.map { question in
                    .object([
                        "question": .string(question.text), "readings": .strings(question.readings),
                    ])
                }),
            "notes": .strings(work.notes), "next": .strings(proposal.next),
        ])
    }
}
