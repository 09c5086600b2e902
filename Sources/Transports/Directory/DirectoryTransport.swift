import Paths
import Posix
package import Slots

/// A slot that is a folder of this machine: a mounted EFS or NFS, or a local disk.
///
/// Every name is taken from open folders, one component at a time, and no link is followed: what another process puts
/// in a folder's place meanwhile cannot lead a write out of the slot.
package final class DirectoryTransport: LocalTransport {
    /// The folder of the slot.
    package let root: String
    /// Whether `root` itself may be a link: that of a place may, a slot in it may not.
    private let followsRoot: Bool
    /// Once it was seen to be there.
    var opened: FolderHandle?
    /// Folders in which something changed since the last `synchronize`; nil is the top.
    private var changedFolders: Set<RelativePath?> = []
    private var isRootNew = false

    /// `root` is made by the first write; the folder that holds it must exist.
    package init(root: String, followsRoot: Bool = true) {
        self.root = root
        self.followsRoot = followsRoot
    }

    package func features() -> TransportFeatures {
        TransportFeatures(
            readsCheaply: true, sharesFiles: true, copiesFiles: true, replacesAtOnce: true,
            resumesFiles: false, synchronizes: true, tellsTime: true)
    }

    package func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind? {
        guard let folder = try holder(of: path) else { return nil }
        return try status(path.lastName, in: folder).map(Self.kind)
    }

    package func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? {
        guard let folder = try holder(of: path) else { return nil }
        return try readFile(path.lastName, in: folder, limit: limit)
    }

    package func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        for path in paths {
            guard !isInterrupted() else { throw .interrupted }
            guard let folder = try holder(of: path) else { continue }
            try system { () throws(PosixError) in try folder.remove(path.lastName) }
            noteChange(in: path.folder)
        }
    }

    package func checkWritable(_ folders: [RelativePath?]) throws(TransportError) {
        for path in folders {
            guard let folder = try folder(path) else { continue }
            try system { () throws(PosixError) in
                try folder.checkWritable()
                guard path == nil else { return }
                try FolderHandle.open(PathText.folder(root))?.checkRemovable(PathText.name(root))
            }
        }
    }

    package func makeFolders(_ paths: [RelativePath]) throws(TransportError) {
        let top = try makeRoot()
        for path in paths {
            var folder = top
            for part in [RelativePath](path.folders.reversed()) + [path] {
                if let known = try inner(part.lastName, of: folder, path, part) {
                    folder = known
                    continue
                }
                let name = part.lastName
                folder = try system { () throws(PosixError) in try Self.make(name, in: folder) }
                noteChange(in: part.folder)
            }
        }
    }

    package func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError) {
        for path in paths {
            guard let folder = try holder(of: path),
                let inside = try inner(path.lastName, of: folder, path, path)
            else { continue }
            let isEmpty = try system { () throws(PosixError) in try inside.entries().isEmpty }
            guard isEmpty else { continue }
            try system { () throws(PosixError) in try folder.removeFolder(path.lastName) }
            changedFolders.remove(path)
            noteChange(in: path.folder)
        }
    }

    package func synchronize() throws(TransportError) {
        if isRootNew {
            try system { () throws(PosixError) in try FileSystem.synchronize(PathText.folder(root))
            }
            isRootNew = false
        }
        for path in changedFolders {
            // One that is gone by now needs nothing.
            guard let folder = try folder(path) else { continue }
            try system { () throws(PosixError) in try folder.synchronize() }
        }
        changedFolders = []
    }
}

extension DirectoryTransport {
    func system<Value>(
        _ body: () throws(PosixError) -> Value
    ) throws(TransportError) -> Value {
        do { return try body() } catch { throw .system(error) }
    }

    /// The slot's own folder; nil where there is none yet.
    func top() throws(TransportError) -> FolderHandle? {
        if let opened { return opened }
        opened = try system { () throws(PosixError) in
            if followsRoot { return try FolderHandle.open(root) }
            let name = PathText.name(root)
            return try FolderHandle.open(PathText.folder(root))?.folder(name)
        }
        return opened
    }

    @discardableResult
    func makeRoot() throws(TransportError) -> FolderHandle {
        if let top = try top() { return top }
        let made = try system { () throws(PosixError) in
            // Not the folders above it: where EFS is not mounted, its place must not be filled.
            guard let above = try FolderHandle.open(PathText.folder(root)) else {
                throw PosixError(call: "mkdir", path: root, code: PosixError.missing)
            }
            return try Self.make(PathText.name(root), in: above)
        }
        opened = made
        isRootNew = true
        return made
    }

    /// A folder for the site to read, and for the group to write where the one above is a group's: not where all may write, as in
    /// `/tmp`.
    private static func make(
        _ name: String, in folder: FolderHandle
    ) throws(PosixError) -> FolderHandle {
        let shared: UInt32 = 0o2020
        let isShared = try folder.status().mode & 0o2022 == shared
        return try folder.makeFolder(name, mode: isShared ? 0o755 | shared : 0o755)
    }

    /// A change in this folder, nil for the top, is durable once it is synchronised.
    func noteChange(in folder: RelativePath?) { changedFolders.insert(folder) }

    static func kind(_ status: FileStatus) -> TransportEntry.Kind {
        switch status.kind {
        case .file: .file(size: status.size)
        case .directory: .folder
        default: .other
        }
    }

    func status(_ name: String, in folder: FolderHandle) throws(TransportError) -> FileStatus? {
        try system { () throws(PosixError) in try folder.status(name) }
    }

    /// The folder that holds a path: nil where it is missing; throws where something else is in its place.
    func holder(of path: RelativePath) throws(TransportError) -> FolderHandle? {
        try folder(path.folder)
    }

    /// A folder of the slot, nil for its top.
    func folder(_ path: RelativePath?) throws(TransportError) -> FolderHandle? {
        guard var folder = try top() else { return nil }
        guard let path else { return folder }
        for part in [RelativePath](path.folders.reversed()) + [path] {
            guard let next = try inner(part.lastName, of: folder, path, part) else { return nil }
            folder = next
        }
        return folder
    }

    private func inner(
        _ name: String, of folder: FolderHandle, _ path: RelativePath, _ part: RelativePath
    ) throws(TransportError) -> FolderHandle? {
        do { return try folder.folder(name) } catch {
            guard error.isNoFolder else { throw .system(error) }
            throw .blocked(path: path, by: part.text)
        }
    }

    /// The content of a regular file; nil where there is none.
    func readFile(
        _ name: String, in folder: FolderHandle, limit: Int
    ) throws(TransportError) -> [UInt8]? {
        guard let file = try openFile(name, in: folder) else { return nil }
        defer { Descriptors.close(file) }
        var content: [UInt8] = []
        while true {
            let bytes = try system { () throws(PosixError) in
                try Descriptors.read(file, upTo: 1 << 20, path: "\(folder.path)/\(name)")
            }
            if bytes.isEmpty { return content }
            content += bytes
            guard content.count <= limit else {
                throw .system(
                    PosixError(
                        call: "read", path: "\(folder.path)/\(name)", code: PosixError.tooLarge))
            }
        }
    }

    /// A regular file, open for reading; nil where there is none.
    func openFile(_ name: String, in folder: FolderHandle) throws(TransportError) -> Int32? {
        guard try status(name, in: folder)?.kind == .file else { return nil }
        guard let file = try system({ () throws(PosixError) in try folder.openFile(name) }) else {
            return nil
        }
        do throws(PosixError) {
            // What was looked at and what was opened may be two things.
            let status = try FileSystem.status(open: file, path: "\(folder.path)/\(name)")
            if status.kind == .file { return file }
        } catch {
            Descriptors.close(file)
            throw .system(error)
        }
        Descriptors.close(file)
        return nil
    }
}

extension RelativePath {
    var lastName: String { PathText.name(text) }
}
