import Paths
import Posix

/// The file into which the queue writes what a task prints. One that a killed task has left is removed by the next task of the same
/// user on the node, wherever that makes its folder: at once where it is empty, and else a week after its last line, since errors name
/// it. Each task in progress holds the lock of a note with the name of its log.
final class NodeLog {
    static let folderName = "logs"

    private let path: String
    private let note: String
    private let lock: FileLock?

    /// - Parameters:
    ///   - path: absolute.
    ///   - home: the folder of this user's tasks beside it.
    init(_ path: String, in home: String) throws {
        self.path = path
        let folder = "\(home)/\(Self.folderName)"
        note = "\(folder)/\(PathText.name(path))"
        try FileSystem.createDirectories(folder, mode: 0o700)
        // No note is looked at that is just being made.
        let making = try FileLock.acquire("\(home)/.\(Self.folderName)-lock") { true }
        for entry in try FileSystem.entries(of: folder) where entry.kind == .file {
            let other = "\(folder)/\(entry.name)"
            // An earlier start of this task had the same log.
            guard other != note, let held = try FileLock.tryAcquire(other) else { continue }
            let log = "\(PathText.folder(path))/\(entry.name)"
            Self.remove(log, evenWritten: try Self.isOld(log, other))
            // ours: of a task of this user that is over, and whose log is gone
            if try FileSystem.linkStatus(log) == nil { try FileSystem.remove(other) }
            withExtendedLifetime(held) {}
        }
        lock = try FileLock.tryAcquire(note)
        withExtendedLifetime(making) {}
    }

    /// The task prints nothing more.
    func close() {
        Self.remove(path, evenWritten: false)
        // ours: made by `init`
        try? FileSystem.remove(note)  // try?: the next task removes it
        withExtendedLifetime(lock) {}
    }

    private static let weekSeconds: Int64 = 7 * 86_400

    /// The note is as old as the task, the log as what the task printed last.
    private static func isOld(_ log: String, _ note: String) throws -> Bool {
        let changes = try [log, note].compactMap { try FileSystem.linkStatus($0)?.modifiedNs }
        guard let last = changes.max() else { return false }
        return Timestamp.now().nanoseconds - last > weekSeconds * 1_000_000_000
    }

    private static func remove(_ log: String, evenWritten: Bool) {
        let status = (try? FileSystem.linkStatus(log)) ?? nil  // try?: it stays then
        guard let status, status.kind == .file, evenWritten || status.size == 0,
            status.owner == Host.userNumber
        else { return }
        // ours: the queue has made it for a task of this user
        try? FileSystem.remove(log)  // try?: it stays then
    }
}
