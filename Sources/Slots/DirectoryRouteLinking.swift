import Glibc
import Posix

extension DirectoryRoute {
    /// By hard links (link(2)), which EFS has as well; a file then takes its room once.
    package func link(
        _ entries: [DataManifest.Entry], from sibling: any Route, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> Set<Int> {
        guard let other = sibling as? DirectoryRoute else { return [] }
        var linked: Set<Int> = []
        for (number, entry) in entries.enumerated() {
            guard !isInterrupted() else { throw .interrupted }
            if try link(entry, from: other) { linked.insert(number) }
        }
        return linked
    }

    private func link(
        _ entry: DataManifest.Entry, from other: DirectoryRoute
    ) throws(RouteError) -> Bool {
        guard case .file(let size)? = try other.status(of: entry.path), size == entry.size,
            try reach(entry.path)
        else { return false }
        let target = place(entry.path)
        let aside = "\(root)/\(SlotNames.aside(for: entry))"
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
