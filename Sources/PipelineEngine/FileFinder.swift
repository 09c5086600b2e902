package import PipelineModel
import Posix

/// Finds the project's files that a pattern matches. A folder is read once.
package final class FileFinder {
    private var listings: [String: [DirectoryEntry]] = [:]
    /// Names that cannot be written in UTF-8: refused, since nothing downstream could hold them.
    package private(set) var unreadableNames: [String] = []
    /// Names beside which stands another that Unicode calls equal (an accent composed or not): two files
    /// on disk, and one for everything that compares texts, here and in the browsers of a site's users.
    package private(set) var twins: [String] = []

    /// The folders that were read, each as it was just before.
    private(set) var folders: [String: FileStatus] = [:]
    /// The folders that were looked for and are not there.
    private(set) var missingFolders: [String] = []
    /// Whether any of them holds a symbolic link, so that more than the folders decides what was found.
    private(set) var hasLinks = false

    package init() {}

    /// Sorted project-relative paths of files; a plain path of a folder stands for all below it.
    package func files(_ pattern: PathPattern) -> [String] {
        guard pattern.isPattern else {
            guard let status = try? FileSystem.status(pattern.source) else { return [] }
            return status.kind == .directory ? below(pattern.source) : [pattern.source]
        }
        let folder = pattern.fixedFolder
        return below(folder).filter(pattern.matches)
    }

    /// All files below a folder, without hidden ones and without what is being written.
    package func below(_ folder: String) -> [String] {
        var files: [String] = []
        var accented: Set<String> = []
        for entry in entries(folder) {
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            guard entry.isValidUTF8 else {
                unreadableNames.append(path)
                continue
            }
            if entry.name.hasPrefix(".") { continue }
            // Plain ASCII has no twins, and is what nearly all names are.
            if !entry.name.utf8.allSatisfy({ $0 < 0x80 }), !accented.insert(entry.name).inserted {
                twins.append(path)
            }
            switch entry.kind {
            case .directory: files += below(path)
            case .file: files.append(path)
            case .symbolicLink:
                hasLinks = true
                if let status = try? FileSystem.status(path), status.kind == .file {
                    files.append(path)
                }
            case .other: break
            }
        }
        return files
    }

    private func entries(_ folder: String) -> [DirectoryEntry] {
        if let known = listings[folder] { return known }
        let path = folder.isEmpty ? "." : folder
        if let status = (try? FileSystem.status(path)) ?? nil {
            folders[path] = status
        } else {
            missingFolders.append(path)
        }
        let entries = (try? FileSystem.entries(of: path)) ?? []
        listings[folder] = entries
        return entries
    }
}
