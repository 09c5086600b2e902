import Slots

/// Which file of a release a web server answers a path with: the file itself, or the `index.html` of a folder.
struct StaticPages {
    private let entries: [String: DataManifest.Entry]
    /// Of the data that is the site, with a slash at its end; empty for all of it.
    private let prefix: String

    init(_ manifest: DataManifest, folder: String) {
        entries = Dictionary(manifest.entries.map { ($0.path.text, $0) }) { first, _ in first }
        prefix = folder.isEmpty ? "" : folder + "/"
    }

    /// - Parameter path: of an address, such as `/` or `/about/?lang=en`.
    func page(_ path: String) -> DataManifest.Entry? {
        names(path).lazy.compactMap { entries[$0] }.first
    }

    /// The names of the files that may answer a path.
    func names(_ path: String) -> [String] {
        let bare = path.prefix { $0 != "?" && $0 != "#" }.drop { $0 == "/" }
        let name = prefix + bare
        return bare.isEmpty || bare.hasSuffix("/") ? [name + "index.html"] : [name]
    }
}
