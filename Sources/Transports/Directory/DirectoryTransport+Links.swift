import Glibc
import Paths
import Posix
package import Slots

extension DirectoryTransport {
    /// By hard links, so that slots of one disk hold what is the same once.
    package func link(
        _ entries: [DataManifest.Entry], from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Set<Int> {
        guard let other = sibling as? DirectoryTransport else { return [] }
        var linked: Set<Int> = []
        for (number, entry) in entries.enumerated() {
            guard !isInterrupted() else { throw .interrupted }
            if try link(entry, from: other) { linked.insert(number) }
        }
        return linked
    }

    private func link(
        _ entry: DataManifest.Entry, from other: DirectoryTransport
    ) throws(TransportError) -> Bool {
        let name = entry.path.lastName
        guard let source = try other.holder(of: entry.path),
            try other.status(name, in: source).map(Self.kind) == .file(size: entry.size),
            let folder = try holder(of: entry.path)
        else { return false }
        let staged = PathText.name(SlotNames.aside(for: entry))
        // A killed process may have left one of this name.
        try system { () throws(PosixError) in try folder.remove(staged) }
        do {
            try source.link(name, to: folder, staged)
        } catch {
            // Another file system, too many links, or none at all: it is sent then.
            if [EXDEV, EMLINK, EPERM, EOPNOTSUPP, ENOENT].contains(error.code) { return false }
            throw .system(error)
        }
        try system { () throws(PosixError) in
            try folder.rename(staged, to: folder, name)
            // rename(2) leaves both names where they are the same file already.
            try folder.remove(staged)
        }
        noteChange(in: entry.path.folder)
        return true
    }
}
