import PipelineEngine
import Posix

/// The locks that this clone takes in its archive, on record beside the ledger before they are taken: empty files.
enum HeldLocks {
    private static let folder = ArchiveConnection.folder + "/locks"

    static func add(_ name: String) throws {
        try FileSystem.createDirectories(folder, mode: 0o700)
        try FileSystem.writeAtomically([], to: "\(folder)/\(name)", mode: 0o600)
    }

    static func names() throws -> [String] {
        guard try FileSystem.status(folder) != nil else { return [] }
        return try FileSystem.entries(of: folder).map(\.name)
            .filter { !$0.hasPrefix(FileSystem.asidePrefix) }.sorted()
    }

    /// One that stays is looked at by the next run.
    static func remove(_ name: String) {
        try? FileSystem.remove("\(folder)/\(name)")  // try?: ours; see above
    }
}
