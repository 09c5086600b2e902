import Glibc
import Posix

extension DirectoryRoute {
    /// By a hard link (link(2)), which EFS has as well; the file then takes its room once.
    package func link(
        _ entry: DataManifest.Entry, from sibling: any Route
    ) throws(RouteError) -> Bool {
        guard let other = sibling as? DirectoryRoute,
            case .file(let size)? = try other.status(of: entry.path), size == entry.size
        else { return false }
        try makeRoot()
        if let folder = entry.path.folder { try makeFolder(folder) }
        let target = place(entry.path)
        let aside = FileSystem.asidePath(beside: target)
        try removeStale(aside)
        do {
            try FileSystem.link(other.place(entry.path), at: aside)
        } catch {
            // Another file system, too many links, or none at all: it is sent then.
            if [EXDEV, EMLINK, EPERM, EOPNOTSUPP].contains(error.code) { return false }
            throw .system(error)
        }
        try system { () throws(PosixError) in
            try FileSystem.rename(aside, to: target)
            // rename(2) leaves both names where they are the same file already.
            try FileSystem.remove(aside)
        }
        noteChange(at: target)
        return true
    }
}
