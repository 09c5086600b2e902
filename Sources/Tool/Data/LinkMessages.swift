import Links
import Terminal

/// The words for what happens to links.
enum LinkMessages {
    static func verb(_ action: LinkPlan.Action) -> String {
        switch action {
        case .makeFolder: "folder"
        case .link: "link"
        case .relink: "relink"
        case .replace: "replace"
        case .remove: "remove"
        case .clear: "clear"
        }
    }

    static func verb(_ conflict: LinkPlan.Conflict) -> String {
        switch conflict.reason {
        case .kept: "kept"
        case .occupied, .noFolder: "refused"
        case .skipped: "skipped"
        }
    }

    static func explanation(_ conflict: LinkPlan.Conflict) -> String {
        switch conflict.reason {
        case .kept(let state): "\(noun(state)) is there; --replace puts a link in its place"
        case .occupied(let state): "\(noun(state)) is there, and is never replaced; move it away"
        case .noFolder(let state):
            "\(noun(state)) is there where a folder is needed; nothing below it is linked"
        case .skipped(.linkToFolder): "a link to a folder; only files are linked"
        case .skipped(.danglingLink): "a link that leads nowhere"
        case .skipped(.special): "a device, a pipe or a socket"
        case .skipped(.nameNotUTF8): "the name is not UTF-8; rename it"
        }
    }

    private static func noun(_ state: LinkTarget.State) -> String {
        switch state {
        case .file: "a real file"
        case .folder: "a folder"
        case .link(let text): "a link to \"\(Format.escaped(text))\""
        case .other: "a device, a pipe or a socket"
        }
    }

    /// Safe to print.
    static func text(_ path: [UInt8]) -> String { Format.escaped(raw(path)) }

    static func raw(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }
}
