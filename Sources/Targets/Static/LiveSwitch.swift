import DeployTargets
import Failures
import Slots

/// What names the folder that is live, and changes that in one step.
protocol LiveSwitch {
    func live() throws -> LiveFolder

    /// Changes it, and reads back that it is so.
    ///
    /// - Throws: `live-changed` where it is not `before`; then it is left as it is.
    func change(from before: LiveFolder, to after: LiveFolder) throws

    /// Waits until every visitor is served by it.
    func settle() throws
}

/// The link `current`, beside the folders of releases.
struct LinkSwitch: LiveSwitch {
    static let name = "current"

    let root: any LinkingTransport

    func live() throws -> LiveFolder {
        switch try root.topLink(Self.name) {
        case .absent: return .none
        case .link(let text):
            let isPlain = !text.isEmpty && !text.contains("/") && text != "." && text != ".."
            return isPlain
                ? .folder(text) : .foreign("\"\(Self.name)\" is a link to \"\(text)\"")
        case .other(.folder): return .foreign("\"\(Self.name)\" is a folder, and no link")
        case .other: return .foreign("\"\(Self.name)\" is a file, and no link")
        }
    }

    func change(from before: LiveFolder, to after: LiveFolder) throws {
        try confirm(before)
        if case .folder(let folder) = after {
            try root.replaceTopLink(Self.name, with: folder)
        } else {
            try root.removeTopLink(Self.name)
        }
        try confirm(after)
    }

    /// Each request follows the link.
    func settle() {}

    /// Reads what the link is now.
    private func confirm(_ wanted: LiveFolder) throws {
        let found = try live()
        if found != wanted { throw Failure.liveChanged("\"\(Self.name)\"", wanted, found) }
    }
}

extension Failure {
    static func liveChanged(
        _ what: String, _ wanted: LiveFolder, _ found: LiveFolder
    ) -> Failure {
        Failure(
            "live-changed", "\(what) was changed by somebody else",
            cause: "it should name \(wanted.words), and names \(found.words)", run: .again)
    }

    static var noLinks: Failure {
        Failure(
            "bad-value",
            "kind static needs route directory or sftp, which can switch a link, or \"cloudfront\"",
            next: "write one of them")
    }
}

extension LiveFolder {
    fileprivate var words: String {
        switch self {
        case .none: "nothing"
        case .folder(let name): "folder \"\(name)\""
        case .foreign(let what): "something else: \(what)"
        }
    }
}
