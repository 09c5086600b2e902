package import Posix
package import ProjectScaffold

/// Folders outside of the project that its programs read: whether they are there.
package enum OutsideFolders {
    /// Adds to the facts which folders outside are there, and reads absolute paths of the project itself as what they are.
    ///
    /// - Parameters:
    ///   - root: of the project, absolute.
    ///   - home: what `~` stands for.
    package static func add(
        to given: SiteFacts, root: String, home: String?
    ) throws(PosixError) -> SiteFacts {
        var facts = given.withOwnPaths(root: root, home: home)
        for path in facts.outsideReads {
            for folder in path.places {
                guard facts.outside[folder] == nil,
                    let full = absolute(folder, root: root, home: home),
                    try FileSystem.status(full)?.kind == .directory
                else { continue }
                facts.outside[folder] = try FileSystem.realPath(full)
                break
            }
        }
        return facts
    }

    private static func absolute(_ path: String, root: String, home: String?) -> String? {
        if path.hasPrefix("/") { return path }
        if path.hasPrefix("~/") { return home.map { $0 + path.dropFirst() } }
        return path.hasPrefix("../") ? "\(root)/\(path)" : nil
    }
}
