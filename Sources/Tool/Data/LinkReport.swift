import JSON
import Links
import Posix
import Terminal

/// What `pipeline data link` did, or would do.
struct LinkReport {
    let source: String
    let target: LinkTarget
    let plan: LinkPlan
    /// Nil for a dry run.
    let result: Linker.Result?

    /// Whether all links that the source asks for are there, or would be, but for those that were left out
    /// for what they are.
    var isWhole: Bool {
        guard !plan.conflicts.contains(where: \.isRefusal) else { return false }
        guard let result else { return true }
        return result.failures.isEmpty && target.unread.isEmpty
    }

    /// A line for each thing that is done, and for each that is not.
    var lines: [String] {
        let failed = Dictionary(
            (result?.failures ?? []).map { ($0.path, $0.error) },
            uniquingKeysWith: { first, _ in first })
        return plan.actions.map { action in
            let failure = failed[action.path].map { ": \($0)" } ?? ""
            let verb = failure.isEmpty ? LinkMessages.verb(action) : "failed"
            return "\(verb.padded)  \(LinkMessages.text(action.path))\(Format.escaped(failure))"
        }
            + plan.conflicts.map { conflict in
                "\(LinkMessages.verb(conflict).padded)  \(LinkMessages.text(conflict.path)): "
                    + LinkMessages.explanation(conflict)
            }
    }

    /// What else there is to say, the sum last.
    func notes(isDryRunForWantOfRights: Bool) -> [String] {
        var notes = target.unread.sorted { $0.key < $1.key }.prefix(5).map { _, error in
            "links there are not looked for: \(Format.escaped(String(describing: error)))"
        }
        if target.unread.count > 5 { notes.append("… and \(target.unread.count - 5) more") }
        notes += (result?.emptied ?? []).map {
            "\"\(LinkMessages.text($0))\" is empty now; remove it if it was made for the links"
        }
        let number = result?.done ?? plan.actions.count
        let count = "\(Format.count(number)) change\(number == 1 ? "" : "s")"
        let sum = "links that were right already: \(Format.count(plan.upToDate))"
        guard let result else {
            notes.append("dry run: \(count) to make; \(sum)")
            if isDryRunForWantOfRights {
                notes.append(
                    "only root can set the owners of folders: run this as root, or give --apply")
            }
            return notes
        }
        if result.wasInterrupted { notes.append("interrupted; the same command resumes") }
        return notes + ["\(count) made; \(sum)"]
    }

    var json: JSONValue {
        let failures = result?.failures ?? []
        return .object([
            "source": .string(source), "target": .string(target.root),
            "dry_run": .bool(result == nil), "up_to_date": .int(plan.upToDate),
            "actions": .array(
                plan.actions.map {
                    .object([
                        "action": .string(LinkMessages.verb($0)),
                        "path": .string(LinkMessages.raw($0.path)),
                    ])
                }),
            "conflicts": .array(
                plan.conflicts.map {
                    .object([
                        "conflict": .string(LinkMessages.verb($0)),
                        "path": .string(LinkMessages.raw($0.path)),
                        "reason": .string(LinkMessages.explanation($0)),
                    ])
                }),
            "failures": .array(
                failures.map {
                    .object([
                        "path": .string(LinkMessages.raw($0.path)),
                        "message": .string($0.error.description),
                    ])
                }),
            "emptied": .strings((result?.emptied ?? []).map(LinkMessages.raw)),
            "unread": .strings(target.unread.keys.sorted()),
        ])
    }
}

extension String {
    fileprivate var padded: String { DisplayWidth.pad(self, to: 8) }
}
