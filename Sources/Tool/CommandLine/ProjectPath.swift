import Paths

/// Paths as people type them, as paths of the project. By names only: the file need not exist.
enum ProjectPath {
    /// What a path may mean: as seen from the folder that it was typed in, and from the root.
    ///
    /// - Parameters:
    ///   - folder: absolute, where it was typed.
    ///   - root: absolute.
    static func candidates(_ typed: String, from folder: String, root: String) -> [String] {
        let absolute = typed.hasPrefix("/") ? [typed] : [folder + "/" + typed, root + "/" + typed]
        return absolute.compactMap { path in
            guard let path = PathText.normalized(path) else { return nil }
            return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : nil
        }
    }
}
