import Digests
import JSON
import PipelineShipping
import Slots
import Terminal

/// What an audit found, for people.
enum VerifyText {
    static func lines(_ finding: RemoteAudit.Finding, _ style: Style) -> [String] {
        let live = finding.live.map { "  (release \($0) is live from it)" } ?? ""
        let mark = finding.isGood ? style.green("✓") : style.red("✗")
        return [
            "\(mark) \(style.bold("slot \(Format.escaped(finding.slot))"))  \(state(finding))\(live)"
        ]
            + drifts(finding).map { "    \(text($0))" }
    }

    private static func state(_ finding: RemoteAudit.Finding) -> String {
        switch finding.state {
        case .unused: return "not used yet"
        case .unfinished:
            return "without a marker: a sync was interrupted here; the next one resumes"
        case .foreign(let what):
            return "filled by somebody else (\(Format.escaped(what))); nothing of it is believed"
        case .unlisted(let digest):
            return "says it holds manifest \(digest.short), whose list is not in the store any more"
        case .holds(let digest, let files, let bytes, let drifts):
            let what =
                "\(Format.count(files)) files, \(Format.bytes(bytes)), manifest \(digest.short)"
            return drifts.isEmpty ? "holds \(what)" : "\(drifts.count) paths differ from \(what)"
        }
    }

    private static func drifts(_ finding: RemoteAudit.Finding) -> [Drift] {
        if case .holds(_, _, _, let drifts) = finding.state { return drifts }
        return []
    }

    private static func text(_ drift: Drift) -> String {
        let path = Format.escaped(drift.path.text)
        return switch drift.kind {
        case .missing: "missing  \(path)"
        case .added: "added    \(path)"
        case .size(let found, let expected):
            "altered  \(path)  (\(found) bytes, not \(expected))"
        case .content(let found, let expected):
            "altered  \(path)  (content \(found?.short ?? "unreadable"), not \(expected.short))"
        case .stranger: "no file  \(path)  (a link, pipe or device)"
        case .leftover: "unfinished  \(path)"
        case .closed: "closed   \(path)  (other users, such as the site's, cannot read it)"
        }
    }
}

/// What an audit found, for programs.
enum VerifyJSON {
    static func object(_ findings: [RemoteAudit.Finding], environment: String) -> JSONValue {
        .object([
            "environment": .string(environment), "ok": .bool(findings.allSatisfy(\.isGood)),
            "slots": .array(findings.map(slot)),
        ])
    }

    private static func slot(_ finding: RemoteAudit.Finding) -> JSONValue {
        var members: [String: JSONValue] = [
            "slot": .string(finding.slot), "ok": .bool(finding.isGood),
            "live_release": .int(finding.live),
        ]
        switch finding.state {
        case .unused: members["state"] = .string("unused")
        case .unfinished: members["state"] = .string("unfinished")
        case .foreign(let what):
            members["state"] = .string("foreign")
            members["marker"] = .string(what)
        case .unlisted(let digest):
            members["state"] = .string("unlisted")
            members["manifest"] = .string(digest.hex)
        case .holds(let digest, let files, let bytes, let drifts):
            members["state"] = .string("holds")
            members["manifest"] = .string(digest.hex)
            members["files"] = .int(Int64(files))
            members["bytes"] = .int(bytes)
            members["drifts"] = .array(drifts.map(drift))
        }
        return .object(members)
    }

    private static func drift(_ drift: Drift) -> JSONValue {
        let kind =
            switch drift.kind {
            case .missing: "missing"
            case .added: "added"
            case .size: "size"
            case .content: "content"
            case .stranger: "no-file"
            case .leftover: "unfinished"
            case .closed: "closed"
            }
        return .object(["path": .string(drift.path.text), "kind": .string(kind)])
    }
}
