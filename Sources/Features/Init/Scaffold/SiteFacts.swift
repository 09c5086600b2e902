/// What there is in the folder of a site: what a proposal is made from.
///
/// Paths are relative to the folder, with slashes, and valid UTF-8.
package struct SiteFacts: Sendable {
    /// The folder's own name.
    package var name: String
    /// Folders near the top by path, without those that are nobody's work (`.git`, environments of
    /// Python, what package managers fetch).
    package var folders: [String: FolderFacts] = [:]
    /// Files near the top, data or not.
    package var files: Set<String> = []
    /// The texts of those files that say how the site is made and deployed.
    package var texts: [String: String] = [:]
    /// Programs, rules and scripts with what they do to files.
    package var programs: [Program] = []
    package var reading = ProgramReading.done
    /// Lines that hold credentials.
    package var credentials: [CredentialPlace] = []
    /// The program of an environment of Python in the folder, such as `.venv/bin/python`.
    package var python: String?
    /// Folders outside of this one that programs read and that are there: as it is written, and the absolute path.
    package var outside: [String: String] = [:]
    /// Where programs name this folder by its absolute path.
    package var absolutePlaces: [String] = []
    /// Names that are not UTF-8, which no definition can name.
    package var unreadableNames = 0
    /// Whether there was more than was looked at, so that counts and sizes are too small.
    package var isCutShort = false

    package init(name: String) {
        self.name = name
    }

    /// Texts by path, in the order of the paths' bytes.
    var sortedTexts: [(path: String, text: String)] {
        texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { (path: $0.key, text: $0.value) }
    }

    /// Whether a path is a folder with hardly any code, or one that is not there yet.
    func isWithoutCode(_ path: String) -> Bool {
        guard let folder = folders[path] else { return !files.contains(path) }
        return folder.codeFiles * 4 <= folder.files
    }

    /// The folders directly in another; those at the top are in `""`.
    func children(of folder: String) -> [String] {
        folders.keys.filter { Path.parent($0) == folder }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// What a folder holds, with all below it.
package struct FolderFacts: Hashable, Sendable {
    package var files = 0
    package var bytes: Int64 = 0
    /// Files whose names end like data.
    package var dataFiles = 0
    /// Files whose names end like programs.
    package var codeFiles = 0

    package init() {}

    /// Counts a file.
    ///
    /// - Parameter bytes: its size.
    package mutating func count(_ name: String, bytes: Int64) {
        files += 1
        self.bytes += bytes
        if FileEndings.isData(name) { dataFiles += 1 }
        if FileEndings.isCode(name) { codeFiles += 1 }
    }
}
