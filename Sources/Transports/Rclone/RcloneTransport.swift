package import Digests
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
    private func keepsFolders() throws(TransportError) -> Bool {
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
            synchronizes: false)
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

    // MARK: Looking

    package func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing {
        let items = try program.list(nil, ["--recursive", "--no-modtime"]) ?? []
        var entries: [TransportEntry] = []
        for item in items {
            let name = RcloneName.decode(item.path)
            if SlotNames.isOwn(name) { continue }
            entries.append(try Self.entry(name, item))
        }
        return TransportListing(entries: entries)
    }

    private static func entry(
        _ name: String, _ item: RcloneProgram.Item
    ) throws(TransportError) -> TransportEntry {
        // try?: what is no path is refused, by its name
        guard let path = try? RelativePath(linkless(name)) else { throw .badName(name) }
        return TransportEntry(path: path, kind: kind(name, item))
    }

    /// rclone lists a symbolic link of a local folder as a file with this ending.
    private static let linkEnding = ".rclonelink"

    private static func linkless(_ name: String) -> String {
        name.hasSuffix(linkEnding) ? String(name.dropLast(linkEnding.count)) : name
    }

    private static func kind(_ name: String, _ item: RcloneProgram.Item) -> TransportEntry.Kind {
        if item.isFolder { return .folder }
        return name.hasSuffix(linkEnding) ? .other : .file(size: item.size)
    }

    package func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]? {
        try program.list(folder?.text, [])?.map { item in
            let name = RcloneName.decode(item.path)
            return FolderEntry(
                name: Self.linkless(name), kind: Self.kind(name, item),
                modified: item.modified.flatMap(RcloneTime.seconds))
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    package func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind? {
        let arguments = ["lsjson", "--stat", "--no-mimetype", "--no-modtime"]
        guard case .done(let output) = try program.ask(arguments + [program.target(path.text)])
        else { return nil }
        let item = try program.decode(RcloneProgram.Item.self, output)
        return item.isFolder ? .folder : .file(size: item.size)
    }

    package func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? {
        guard case .file? = try status(of: path) else { return nil }
        return try content(path.text, limit)
    }

    private func content(_ path: String, _ limit: Int) throws(TransportError) -> [UInt8]? {
        let arguments = ["cat", "--count", "\(limit + 1)", program.target(path)]
        guard case .done(let output) = try program.ask(arguments) else { return nil }
        guard output.standardOutput.count <= limit else {
            throw .system(
                PosixError(call: "read", path: program.target(path), code: PosixError.tooLarge))
        }
        return output.standardOutput
    }

    package func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?] {
        var found: [Digest?] = []
        var rest = entries[...]
        while !rest.isEmpty {
            guard !isInterrupted() else { throw .interrupted }
            let part = rest.prefix(Self.filesAtOnce)
            rest = rest.dropFirst(part.count)
            let names = try RcloneNames(part.map(\.path.text))
            defer { names.remove() }
            let sizes = try sizes(names)
            let digests = try hashes(names)
            for entry in part {
                let name = RcloneName.encode(entry.path.text)
                found.append(sizes[name] == entry.size ? digests[name] : nil)
                progress(entry.size)
            }
        }
        return found
    }

    private func sizes(_ names: RcloneNames) throws(TransportError) -> [String: Int64] {
        let options = ["--recursive", "--no-modtime"] + names.option
        var sizes: [String: Int64] = [:]
        for item in try program.list(nil, options) ?? [] where !item.isFolder {
            sizes[item.path] = item.size
        }
        return sizes
    }

    /// Found by reading all of each file, whatever checksums the storage tells.
    private func hashes(_ names: RcloneNames) throws(TransportError) -> [String: Digest] {
        let arguments = ["hashsum", "sha256", "--download"] + names.option + [program.target()]
        guard case .done(let output) = try program.ask(arguments) else { return [:] }
        var digests: [String: Digest] = [:]
        for line in output.standardOutputText.split(separator: "\n") {
            guard let digest = Digest(hex: line.prefix(64)) else {
                throw .failed("rclone hashsum printed \"\(line)\"")
            }
            digests[String(line.dropFirst(66))] = digest
        }
        return digests
    }

    package func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        for (number, file) in files.enumerated() {
            guard case .file(let size)? = try status(of: file.path) else {
                try end(number, false)
                continue
            }
            var offset: Int64 = 0
            while offset < size {
                guard !isInterrupted() else { throw .interrupted }
                let output = try program.run([
                    "cat", "--offset", "\(offset)", "--count", "\(Self.pieceBytes)",
                    program.target(file.path.text),
                ])
                guard !output.standardOutput.isEmpty else { break }
                offset += Int64(output.standardOutput.count)
                try take(number, output.standardOutput[...])
            }
            try end(number, true)
        }
    }

    // MARK: Changing

    /// So many files, or so many bytes, are one call of rclone: what is known to be there after a kill is at least
    /// what came before the last of them.
    static let filesAtOnce = 1000
    static let bytesAtOnce: Int64 = 1 << 30
    private static let pieceBytes = 64 << 20

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

    package func removeLeftovers(_ names: [String]) throws(TransportError) { try remove(names) }

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

    /// No storage-independent operation creates a file only where there is none: of two who try within the same moment
    /// the later one's content stays, which is why both read it again before they go on.
    package func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool {
        guard try readOwn(name) == nil else { return false }
        try program.run(["rcat", program.target(name)], input: bytes)
        return try readOwn(name) == bytes
    }

    package func removeOwn(_ name: String) throws(TransportError) { try remove([name]) }

    package func readMarker() throws(TransportError) -> [UInt8]? {
        try readOwn(SlotMarker.fileName)
    }

    package func beginFilling(_ token: String) throws(TransportError) {
        try writeOwn(SlotNames.filling, Array(token.utf8))
        try removeMarker()
    }

    package func fillingToken() throws(TransportError) -> String? {
        try readOwn(SlotNames.filling).map { String(decoding: $0, as: UTF8.self) }
    }

    package func writeMarker(_ bytes: [UInt8]) throws(TransportError) {
        try writeOwn(SlotMarker.fileName, bytes)
        try removeOwn(SlotNames.filling)
    }

    package func removeMarker() throws(TransportError) { try removeOwn(SlotMarker.fileName) }
}
