import Digests
import Docker
import JSON
import Paths
import PipelineModel

/// A line of a code tree's listing: a file as its path, its digest and, if it may be executed, `x`; a link as its path,
/// an empty text, and its target.
struct CodeTreeLine {
    let path: String
    let content: Content

    enum Content {
        case file(Digest, isExecutable: Bool)
        case link(String)
    }

    /// nil for a folder, which is there when a file is.
    ///
    /// - Parameter digest: of the file as it was kept; without it, as it was found.
    init?(_ entry: BuildContext.Entry, digest: Digest? = nil) {
        path = entry.path
        switch entry.content {
        case .directory: return nil
        case .symbolicLink(let target): content = .link(target)
        case .file(let found, _):
            content = .file(digest ?? found, isExecutable: entry.mode & 0o100 != 0)
        }
    }

    /// - Throws: `ShippingError.contentLost` where it is no line of a listing.
    init(text: String) throws {
        guard
            let words = try? JSONValue.decode(  // try?: refused below
                [String].self, from: text.utf8),
            (2...3).contains(words.count), Self.isBelow(words[0])
        else { throw ShippingError.contentLost(path: text) }
        path = words[0]
        if let digest = Digest(hex: words[1]) {
            content = .file(digest, isExecutable: words.count == 3)
        } else if words[1].isEmpty, words.count == 3 {
            content = .link(words[2])
        } else {
            throw ShippingError.contentLost(path: text)
        }
    }

    /// Whether a path names a place below the folder that it is put into.
    private static func isBelow(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && PathText.normalized(path) == path
            && !path.utf8.contains(0)
    }

    var text: String {
        let words =
            switch content {
            case .file(let digest, let isExecutable):
                [path, digest.hex] + (isExecutable ? ["x"] : [])
            case .link(let target): [path, "", target]
            }
        return JSONText.array(strings: words)
    }
}
