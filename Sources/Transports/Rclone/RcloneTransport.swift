import Posix
import Processes
package import Slots

/// One slot in a storage that the program `rclone` reaches.
///
/// rclone has no operation that replaces a file in one step on every storage, so files get their names as they arrive.
/// In an idle slot nobody reads them, and which of them are whole is recorded only after rclone has compared size and,
/// where the storage knows one, checksum. A file that a killed rclone left is of unknown content, and is sent again.
package final class RcloneTransport: Transport {
    let program: RcloneProgram

    private var hasFolders: Bool?

    init(_ program: RcloneProgram) { self.program = program }

    /// Whether the storage has folders of its own; an object storage has only names with slashes in them.
    func keepsFolders() throws(TransportError) -> Bool {
        if let hasFolders { return hasFolders }
        struct Answer: Decodable {
            struct Features: Decodable {
                let hasFolders: Bool
                enum CodingKeys: String, CodingKey { case hasFolders = "CanHaveEmptyDirectories" }
            }
            let features: Features
            enum CodingKeys: String, CodingKey { case features = "Features" }
        }
        let output = try program.run(["backend", "features", program.target()])
        let answer = try program.decode(Answer.self, output).features.hasFolders
        hasFolders = answer
        return answer
    }

    package func features() -> TransportFeatures {
        TransportFeatures(
            readsCheaply: false, sharesFiles: false, replacesAtOnce: false, resumesFiles: false,
            synchronizes: false, tellsTime: program.isBucket)
    }

    package func freeBytes() throws(TransportError) -> Int64? {
        struct About: Decodable { let free: Int64? }
        do throws(TransportError) {
            guard case .done(let output) = try program.ask(["about", "--json", program.target()])
            else { return nil }
            return try program.decode(About.self, output).free
        } catch {
            // Most storages do not know; what does not fit fails as it is sent.
            if case .interrupted = error { throw error }
            return nil
        }
    }

    /// So many files, or so many bytes, are one call of rclone: what is known to be there after a kill is at least
    /// what came before the last of them.
    static let filesAtOnce = 1000
    static let bytesAtOnce: Int64 = 1 << 30

    package func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        var isDone = false
        while !isDone {
            var files: [TransportPut] = []
            var bytes: Int64 = 0
            while files.count < Self.filesAtOnce, bytes < Self.bytesAtOnce {
                guard let file = try next() else {
                    isDone = true
                    break
                }
                guard !isInterrupted() else { throw .interrupted }
                files.append(file)
                bytes += file.entry.size
            }
            if !files.isEmpty { try send(files, observer) }
        }
    }

    private func send(_ files: [TransportPut], _ observer: PutObserver) throws(TransportError) {
        let tree = try RcloneTree()
        defer { tree.remove() }
        var states: [FileStatus] = []
        for file in files { states.append(try tree.add(file)) }
        for file in files { observer.placing(file.entry) }
        try program.run(
            ["copy", "--copy-links", "--ignore-times", "--transfers", "8", tree.path]
                + [program.target()])
        for (file, state) in zip(files, states) {
            // rclone has read the file after it was hashed.
            guard try tree.status(file.source) == state else {
                throw .differs(
                    path: file.entry.path, source: file.source, expected: file.entry.digest,
                    found: nil)
            }
            observer.acknowledged(file.entry, file.entry.size)
            observer.placed(file.entry)
        }
    }

    package func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        try remove(paths.map(\.text))
    }

    /// Files may be missing; of a link the link itself goes.
    private func remove(_ names: [String]) throws(TransportError) {
        guard !names.isEmpty else { return }
        let list = try RcloneNames(names + names.map { $0 + Self.linkEnding })
        defer { list.remove() }
        _ = try program.ask(["delete", "--links"] + list.option + [program.target()])
    }

    package func makeFolders(_ paths: [RelativePath]) throws(TransportError) {
        guard !paths.isEmpty else { return }
        let tree = try RcloneTree()
        defer { tree.remove() }
        for path in paths { try tree.addFolder(path) }
        try program.run(["copy", "--create-empty-src-dirs", tree.path, program.target()])
        guard try keepsFolders() else { return }
        let items = try program.list(nil, ["--recursive", "--dirs-only", "--no-modtime"]) ?? []
        let made = Set(items.map { RcloneName.decode($0.path) })
        // Some servers answer that all went well where a file has the name.
        if let missing = paths.first(where: { !made.contains($0.text) }) {
            throw .blocked(path: missing, by: missing.text)
        }
    }

    package func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError) {
        guard !paths.isEmpty,
            let items = try program.list(nil, ["--recursive", "--no-modtime"])
        else { return }
        var left = Set(items.map { RcloneName.decode($0.path) })
        for path in paths where left.contains(path.text) {
            guard !left.contains(where: { $0.utf8.starts(with: "\(path.text)/".utf8) }) else {
                continue
            }
            _ = try program.ask(["rmdir", "--retries", "1", program.target(path.text)])
            left.remove(path.text)
        }
    }

    package func move(to root: String) throws(TransportError) {
        let there = RcloneProgram(
            remote: program.remote, folder: root, config: program.config, cancel: program.cancel)
        try program.run(["move", "--create-empty-src-dirs", program.target(), there.target()])
        // What rclone moved file by file leaves the folder itself.
        if try program.list(nil, ["--no-modtime"])?.isEmpty == true {
            try program.run(["rmdir", program.target()])
        }
    }

    package func removeRoot() throws(TransportError) {
        try remove(SlotNames.own)
        guard try program.list(nil, ["--no-modtime"]) != nil else { return }
        try program.run(["rmdir", "--retries", "1", program.target()])
    }

    // rclone has no such request: a file counts once the storage has acknowledged it.
    package func synchronize() throws(TransportError) {}

    // MARK: The tool's own files

    package func readOwn(_ name: String) throws(TransportError) -> [UInt8]? {
        try content(name, 1 << 16)
    }

    package func writeOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) {
        try program.run(["rcat", program.target(name)], input: bytes)
        guard try readOwn(name) == bytes else {
            throw .failed("\"\(program.target(name))\" does not hold what was written to it")
        }
    }

    /// No storage-independent operation creates a file only where there is none (`ExclusiveName`).
    package func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool {
        let prefix = "\(SlotNames.claimPrefix)\(name)-"
        let storage = ExclusiveName.Storage(
            read: { () throws(TransportError) in try self.readOwn(name) },
            write: { (bytes) throws(TransportError) in
                try self.program.run(["rcat", self.program.target(name)], input: bytes)
            },
            claims: { () throws(TransportError) in
                let items = try self.program.list(nil, ["--no-modtime"]) ?? []  // nothing is there
                let names = items.map { RcloneName.decode($0.path) }
                return Set(
                    names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
                )
            },
            writeClaim: { (claim) throws(TransportError) in
                try self.program.run(
                    ["rcat", self.program.target(prefix + claim)], input: Array("claim".utf8))
            },
            removeClaim: { (claim) throws(TransportError) in
                try self.remove([prefix + claim])
            })
        return try ExclusiveName(storage, clock: clock).make(bytes)
    }

    private var clock: ExclusiveName.Clock {
        .init(
            steady: { SuspensionClock.nanoseconds() },
            wait: { [program] milliseconds in
                let end = SuspensionClock.nanoseconds() + Int64(milliseconds) * 1_000_000
                while SuspensionClock.nanoseconds() < end {
                    if program.cancel?.isCancelled == true { return false }
                    _ = try? Poll.wait([], timeoutMs: 50)  // try?: it only waits
                }
                return program.cancel?.isCancelled != true
            })
    }

    package func removeOwn(_ name: String) throws(TransportError) { try remove([name]) }
}
