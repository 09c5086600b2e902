import Posix
import Processes
import Tracing

/// A copy of a project in which one command runs, so that what it does to files can be seen and the project stays as it is.
struct TracedCopy {
    /// Beside the project's state: on its disk, and never content.
    static let path = ".pipeline/traced-copy"

    /// Absolute.
    private let root: String
    private let copy: String
    /// Entries of the root that are copied.
    private let entries: [String]
    /// Bytes of all files.
    let bytes: Int64

    /// Looks, and copies nothing.
    init(root: String) throws {
        self.root = root
        copy = "\(root)/\(Self.path)"
        var entries: [String] = []
        var bytes: Int64 = 0
        for entry in try FileSystem.entries(of: root) where try !Self.isLeftOut(entry, root) {
            entries.append(entry.name)
            bytes += try Self.files("\(root)/\(entry.name)", entry).reduce(0) { $0 + $1.value.size }
        }
        (self.entries, self.bytes) = (entries, bytes)
    }

    /// The tool's state, the history, and environments of Python, which run from where they are.
    private static func isLeftOut(_ entry: DirectoryEntry, _ root: String) throws -> Bool {
        if entry.name == ".git" || entry.name.hasPrefix(".pipeline") { return true }
        let folder = "\(root)/\(entry.name)"
        return try FileSystem.status("\(folder)/pyvenv.cfg") != nil
            || FileSystem.status("\(folder)/conda-meta") != nil
    }

    struct Found {
        /// Sorted; below the project.
        let read: [String]
        let written: [String]
        let present: [String]
        let exit: ProcessExit
    }

    /// Copies, runs, looks, and removes the copy.
    ///
    /// - Returns: nil where the system does not allow it to be seen what a process opens.
    func run(_ words: [String], environment: [String: String]) throws -> Found? {
        // ours: a name of the tool's own state, left by a run that was killed
        try FileSystem.removeTree(copy)
        try FileSystem.createDirectories(copy)
        defer {
            try? FileSystem.removeTree(copy)  // try?: ours; the next one removes what is left
        }
        let copied = try ProcessRunner.run(
            ProcessCommand(
                ["cp", "-a", "--reflink=auto", "--"] + entries.map { "\(root)/\($0)" } + [copy]))
        guard copied.exit.isSuccess else {
            throw NotCopied(description: copied.standardErrorText)
        }
        let before = try files()
        let (process, trace) = try Tracer(root: try FileSystem.realPath(copy)).start(
            ProcessCommand(words, environment: environment.mapValues { $0 }, directory: copy),
            standardInput: .null, standardOutput: .descriptor(2), standardError: .inherit)
        let exit = process.wait()
        guard let trace else { return nil }
        let read = trace.finish()
        let after = try files()
        return Found(
            read: read, written: after.filter { before[$0.key] != $0.value }.keys.sorted(),
            present: after.keys.sorted(), exit: exit)
    }

    struct NotCopied: Error, CustomStringConvertible { let description: String }

    /// What tells one content of a file from another here, where nothing sets times back.
    private struct State: Hashable {
        let size: Int64
        let modified: Int64
        let inode: UInt64
    }

    private func files() throws -> [String: State] {
        var all: [String: State] = [:]
        for entry in try FileSystem.entries(of: copy) {
            for (path, state) in try Self.files("\(copy)/\(entry.name)", entry) {
                all[String(path.dropFirst(copy.count + 1))] = state
            }
        }
        return all
    }

    /// Links are not followed.
    private static func files(_ path: String, _ entry: DirectoryEntry) throws -> [String: State] {
        guard let status = try FileSystem.linkStatus(path) else { return [:] }
        switch status.kind {
        case .file:
            return [
                path: State(
                    size: status.size, modified: status.modifiedNs, inode: status.inode)
            ]
        case .directory:
            var all: [String: State] = [:]
            for inner in try FileSystem.entries(of: path) {
                all.merge(try files("\(path)/\(inner.name)", inner)) { $1 }
            }
            return all
        default: return [:]
        }
    }
}
