import Digests
import Glibc
import PipelineStore
import Posix

/// A file system in memory: names, inodes, links, modes, times. Any operation can be the last one before a kill, or fail.
///
/// Unchecked: all of a run in memory is one thread, that of its test.
final class MemoryDisk: Disk, @unchecked Sendable {
    private struct File {
        var bytes: [UInt8]
        var mode: UInt32 = 0o644
        var modifiedNs: Int64
        var changedNs: Int64
        var links: UInt64 = 1
    }

    enum Fault {
        /// From this operation on nothing is done: the program is dead.
        case kill(at: Int)
        /// This operation fails, and the next ones do not.
        case error(at: Int)
    }

    private let time: ManualTime
    private var files: [UInt64: File] = [:]
    private var names: [String: UInt64] = [:]
    private var folders: [String: Set<String>] = [".": []]
    private var folderInodes: [String: UInt64] = [".": 1]
    private var lastInode: UInt64 = 1
    /// How many operations the program has asked for since the fault was set.
    private(set) var operations = 0
    private(set) var isDead = false
    private var fault: Fault?
    /// The folder at which another file system begins.
    var mountPoint: String?
    /// Whether files can share blocks.
    var clones = false
    /// Calls that always fail.
    var failingCalls: Set<String> = []
    /// What the program has had written to the disk, in order.
    private(set) var synchronized: [String] = []
    /// Called once, as the program dies.
    var onKill: () -> Void = {}

    init(time: ManualTime) { self.time = time }

    func set(_ fault: Fault?) {
        self.fault = fault
        operations = 0
        isDead = false
    }

    /// Counts an operation of the program, and fails it where that is wanted.
    func operate(_ call: String, _ path: String) throws(PosixError) {
        operations += 1
        if failingCalls.contains(call) { throw PosixError(call: call, path: path, code: EIO) }
        switch fault {
        case .kill(let number) where operations >= number:
            if !isDead {
                isDead = true
                onKill()
            }
            throw PosixError(call: call, path: path, code: EIO)
        case .error(let number) where operations == number:
            throw PosixError(call: call, path: path, code: EIO)
        default: break
        }
    }

    // MARK: What others than the program do

    func write(_ path: String, _ text: String) {
        let path = Self.plain(path)
        make(folder: Self.folder(of: path))
        let now = time.now().nanoseconds
        if let inode = names[path], var file = files[inode] {
            (file.bytes, file.modifiedNs, file.changedNs) = (Array(text.utf8), now, now)
            files[inode] = file
        } else {
            add(path, File(bytes: Array(text.utf8), modifiedNs: now, changedNs: now))
        }
    }

    func text(_ path: String) -> String? {
        names[Self.plain(path)].flatMap { files[$0] }.map {
            String(decoding: $0.bytes, as: UTF8.self)
        }
    }

    var paths: [String] { names.keys.sorted() }

    func delete(_ path: String) { drop(Self.plain(path)) }

    private static func plain(_ path: String) -> String {
        path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private func newInode() -> UInt64 {
        lastInode += 1
        return lastInode
    }

    private func make(folder: String) {
        guard folders[folder] == nil else { return }
        make(folder: Self.folder(of: folder))
        folders[folder] = []
        folderInodes[folder] = newInode()
        folders[Self.folder(of: folder), default: []].insert(Self.name(of: folder))
    }

    private func add(_ path: String, _ file: File) {
        let inode = newInode()
        files[inode] = file
        bind(path, inode)
    }

    private func bind(_ path: String, _ inode: UInt64) {
        names[path] = inode
        folders[Self.folder(of: path), default: []].insert(Self.name(of: path))
    }

    private func drop(_ path: String) {
        guard let inode = names.removeValue(forKey: path) else { return }
        folders[Self.folder(of: path)]?.remove(Self.name(of: path))
        files[inode]?.links -= 1
        if files[inode]?.links == 0 { files[inode] = nil }
    }

    private func inode(_ path: String, _ call: String) throws(PosixError) -> UInt64 {
        guard let inode = names[Self.plain(path)] else {
            throw PosixError(call: call, path: path, code: ENOENT)
        }
        return inode
    }

    private func bytes(_ path: String) throws(PosixError) -> [UInt8] {
        try operate("read", path)
        return files[try inode(path, "read")]?.bytes ?? []
    }

    func status(_ path: String) throws(PosixError) -> FileStatus? {
        try operate("stat", path)
        let path = Self.plain(path)
        if let inode = folderInodes[path], folders[path] != nil {
            return FileStatus(
                device: device(path), inode: inode, size: 0, modifiedNs: 0, changedNs: 0,
                mode: 0o755, links: 1, kind: .directory)
        }
        guard let inode = names[path], let file = files[inode] else { return nil }
        return FileStatus(
            device: device(path), inode: inode, size: Int64(file.bytes.count),
            modifiedNs: file.modifiedNs, changedNs: file.changedNs, mode: file.mode,
            links: file.links, kind: .file)
    }

    /// That of no file system of the machine.
    private static let device: UInt64 = 0xFEED_FACE

    private func device(_ path: String) -> UInt64 {
        // Whether a file system has clones is asked once.
        let device = Self.device + (clones ? 2 : 0)
        guard let mountPoint else { return device }
        return path == mountPoint || path.hasPrefix("\(mountPoint)/") ? device + 1 : device
    }

    func linkStatus(_ path: String) throws(PosixError) -> FileStatus? { try status(path) }

    func entries(of folder: String) throws(PosixError) -> [DirectoryEntry] {
        try operate("readdir", folder)
        let folder = Self.plain(folder)
        guard let inner = folders[folder] else {
            throw PosixError(call: "open", path: folder, code: ENOENT)
        }
        return inner.sorted().map { name in
            let path = folder == "." ? name : "\(folder)/\(name)"
            return DirectoryEntry(name: name, kind: folders[path] == nil ? .file : .directory)
        }
    }

    func emptiness(_ path: String) throws(PosixError) -> FileEmptiness {
        try bytes(path).isEmpty ? .unused : .filled
    }

    func readText(_ path: String) throws(PosixError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    func readHead(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
        Array(try bytes(path).prefix(limit))
    }

    func readTail(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
        Array(try bytes(path).suffix(limit))
    }

    func readLink(_ path: String) throws(PosixError) -> String {
        throw PosixError(call: "readlink", path: path, code: EINVAL)
    }

    func digest(of file: String) throws(PosixError) -> FileDigest {
        let bytes = try bytes(file)
        return FileDigest(digest: Digest.of(bytes), bytes: Int64(bytes.count))
    }

    func digests(of files: [String]) -> [Result<FileDigest, PosixError>] {
        files.map { file in
            do throws(PosixError) { return .success(try digest(of: file)) } catch {
                return .failure(error)
            }
        }
    }

    func createDirectories(_ path: String, mode: UInt32) throws(PosixError) {
        try operate("mkdir", path)
        make(folder: Self.plain(path))
    }

    func rename(_ from: String, to target: String) throws(PosixError) {
        try operate("rename", from)
        let (from, target) = (Self.plain(from), Self.plain(target))
        let moved = try inode(from, "rename")
        guard folders[Self.folder(of: target)] != nil else {
            throw PosixError(call: "rename", path: target, code: ENOENT)
        }
        guard device(from) == device(target) else {
            throw PosixError(call: "rename", path: target, code: EXDEV)
        }
        // Two names of one file: rename(2) does nothing.
        if names[target] == moved { return }
        drop(target)
        names[from] = nil
        folders[Self.folder(of: from)]?.remove(Self.name(of: from))
        bind(target, moved)
        files[moved]?.changedNs = time.now().nanoseconds
    }

    func link(_ existing: String, at path: String) throws(PosixError) {
        try operate("link", path)
        let inode = try inode(existing, "link")
        guard device(existing) == device(path) else {
            throw PosixError(call: "link", path: path, code: EXDEV)
        }
        guard names[path] == nil else { throw PosixError(call: "link", path: path, code: EEXIST) }
        files[inode]?.links += 1
        files[inode]?.changedNs = time.now().nanoseconds
        bind(Self.plain(path), inode)
    }

    func copy(_ from: String, to path: String) throws(PosixError) {
        write(path, String(decoding: try bytes(from), as: UTF8.self))
    }

    func clone(_ from: String, to path: String) throws(PosixError) -> Bool {
        guard clones else { return false }
        try copy(from, to: path)
        return true
    }

    func changeMode(_ path: String, to mode: UInt32) throws(PosixError) {
        try operate("chmod", path)
        let inode = try inode(path, "chmod")
        files[inode]?.mode = mode
        files[inode]?.changedNs = time.now().nanoseconds
    }

    func remove(_ path: String) throws(PosixError) {
        try operate("unlink", path)
        drop(Self.plain(path))
    }

    func removeTree(_ path: String) throws(PosixError) {
        try operate("rmdir", path)
        let path = Self.plain(path)
        drop(path)
        for name in folders[path] ?? [] { try removeTree("\(path)/\(name)") }
        folders[path] = nil
        folderInodes[path] = nil
        folders[Self.folder(of: path)]?.remove(Self.name(of: path))
    }

    func synchronize(_ path: String) throws(PosixError) {
        try operate("fsync", path)
        synchronized.append(path)
    }

    func synchronizeFileSystem(containing path: String) throws(PosixError) {
        try operate("syncfs", path)
        synchronized.append("all of \(path)")
    }
}
