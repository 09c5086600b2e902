import Failures
import Posix

/// The folder of one task on a node's own disk, in place of the project's: the task works in it, and it goes with the task.
///
/// It lies in a folder that is this user's alone. Folders of killed tasks are removed by the next task on the node: the task that uses
/// one holds its lock.
final class NodeScratch {
    /// Absolute.
    let path: String
    /// Contents that tasks of this user have fetched, as `NodeCache` keeps them; absolute.
    let cache: String
    private let home: String
    private let lock: FileLock?

    private static let lockName = ".pipeline-lock"
    private static let cacheName = "cache"

    /// - Parameter home: where it is made; nil for TMPDIR, where that is a folder, and else `/tmp`.
    /// - Throws: `Failure` or `PosixError` where that cannot be used.
    init(in home: String?) throws {
        let home = try Self.own(in: Self.home(home))
        self.home = home
        cache = "\(home)/\(Self.cacheName)"
        // Nobody removes a folder that is just being made.
        let making = try FileLock.acquire("\(home)/\(Self.lockName)") { true }
        try Self.clear(home)
        try NodeCache(cache).trim()
        path = "\(home)/\(RandomID.plain())"
        try FileSystem.createDirectories(path, mode: 0o700)
        lock = try FileLock.tryAcquire("\(path)/\(Self.lockName)")
        withExtendedLifetime(making) {}
        try FileSystem.changeDirectory(path)
    }

    /// The folder of this user's tasks.
    static func own(in home: String) throws -> String {
        let folder = "\(home)/pipeline-tasks-\(Host.userNumber)"
        try FileSystem.createDirectories(folder, mode: 0o700)
        guard let status = try FileSystem.linkStatus(folder), status.kind == .directory,
            status.owner == Host.userNumber, status.mode & 0o077 == 0
        else {
            throw Failure(
                "task-scratch", "\(folder) on this node is open to others, or is not this user's",
                next: "remove it, or name another folder under \"scratch\"")
        }
        return folder
    }

    private static func home(_ named: String?) throws -> String {
        guard let named else {
            if let temporary = Environment.value("TMPDIR"),
                try FileSystem.status(temporary)?.kind == .directory
            {
                return try FileSystem.realPath(temporary)
            }
            return try FileSystem.realPath("/tmp")
        }
        let folder = try expanded(named)
        guard try FileSystem.status(folder)?.kind == .directory else {
            throw Failure(
                "task-scratch", "there is no folder \"\(folder)\" on this node",
                next: "name one of the node's own disk under \"scratch\"")
        }
        return try FileSystem.realPath(folder)
    }

    /// `$NAME` and `${NAME}` are variables of the node.
    static func expanded(_ text: String) throws -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{"
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            rest = rest.dropFirst(name.count)
            if isBraced, rest.first == "}" { rest = rest.dropFirst() }
            guard let value = Environment.value(String(name)) else {
                throw Failure(
                    "task-scratch", "\"scratch: \(text)\": this node has no variable \(name)",
                    next: "name a folder of the node's own disk under \"scratch\"")
            }
            result += value
        }
        return result + rest
    }

    /// Removes what killed tasks have left.
    private static func clear(_ home: String) throws {
        for entry in try FileSystem.entries(of: home)
        where entry.kind == .directory && ![cacheName, NodeLog.folderName].contains(entry.name) {
            let folder = "\(home)/\(entry.name)"
            guard let held = try FileLock.tryAcquire("\(folder)/\(lockName)") else { continue }
            // ours: a folder of this user's tasks, and nobody uses it
            try FileSystem.removeTree(folder)
            withExtendedLifetime(held) {}
        }
    }

    /// Leaves it and removes it.
    func remove() {
        try? FileSystem.changeDirectory("/")  // try?: the task is over
        // Not while another task looks at it.
        let removing = try? FileLock.acquire(  // try?: it is removed in any case
            "\(home)/\(Self.lockName)"
        ) { true }
        defer { withExtendedLifetime(removing) {} }
        // ours: made by `init`
        try? FileSystem.removeTree(path)  // try?: the next task on the node removes it
    }
}
