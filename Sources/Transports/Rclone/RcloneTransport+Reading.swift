package import Digests
import Paths
import Posix
import Processes
package import Slots

extension RcloneTransport {
    package func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing {
        let items = try program.list(nil, ["--recursive", "--no-modtime"]) ?? []
        var entries: [TransportEntry] = []
        var leftovers: [String] = []
        for item in items {
            let name = RcloneName.decode(item.path)
            // A claim is not this transport's to remove: it is of a writer that is at work, who sees to those that are left.
            if SlotNames.isOwn(name) || name.hasPrefix(SlotNames.claimPrefix) { continue }
            if SlotNames.isAside(PathText.name(name)) {
                leftovers.append(name)
                continue
            }
            entries.append(try Self.entry(name, item))
        }
        return TransportListing(entries: entries, leftovers: leftovers)
    }

    private static func entry(
        _ name: String, _ item: RcloneProgram.Item
    ) throws(TransportError) -> TransportEntry {
        let path = try? RelativePath(linkless(name))  // try?: refused, by its name
        guard let path else { throw .badName(name) }
        return TransportEntry(path: path, kind: kind(name, item))
    }

    /// rclone lists a symbolic link of a local folder as a file with this ending.
    static let linkEnding = ".rclonelink"

    private static func linkless(_ name: String) -> String {
        name.hasSuffix(linkEnding) ? String(name.dropLast(linkEnding.count)) : name
    }

    private static func kind(_ name: String, _ item: RcloneProgram.Item) -> TransportEntry.Kind {
        if item.isFolder { return .folder }
        return name.hasSuffix(linkEnding) ? .other : .file(size: item.size)
    }

    package func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]? {
        let options = program.isBucket ? ["--use-server-modtime"] : []
        guard let items = try program.list(folder?.text, options) else { return nil }
        // The place itself is there as soon as its bucket is.
        if folder != nil, try isUnnamed(items) {
            return nil
        }
        return items.map { item in
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
        guard item.isFolder else { return .file(size: item.size) }
        guard let items = try program.list(path.text, ["--no-modtime"]), try !isUnnamed(items)
        else { return nil }
        return .folder
    }

    /// A folder of an object storage is what names begin with: rclone lists one that no name begins with as an empty one.
    private func isUnnamed(_ items: [RcloneProgram.Item]) throws(TransportError) -> Bool {
        guard items.isEmpty else { return false }
        return try !keepsFolders()
    }

    package func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? {
        guard case .file? = try status(of: path) else { return nil }
        return try content(path.text, limit)
    }

    func content(_ path: String, _ limit: Int) throws(TransportError) -> [UInt8]? {
        let arguments = ["cat", "--count", "\(limit + 1)", program.target(path)]
        guard case .done(let output) = try program.ask(arguments) else { return nil }
        // An object that is missing is an empty folder to rclone, and that prints nothing.
        if output.standardOutput.isEmpty, try !keepsFolders() {
            let names = try RcloneNames([path])
            defer { names.remove() }
            guard try sizes(names)[path] != nil else { return nil }
        }
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

    private static let pieceBytes = 64 << 20
}
