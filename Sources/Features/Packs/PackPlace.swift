import Digests
import Paths
import Posix

/// Where a pack is to be, and where it is written until then: beside it, under a name that a later run for
/// the same pack finds again. The temporary file is locked, so two runs never write it at once.
struct PackPlace: ~Copyable {
    let aside: String
    /// For what an archive holds.
    let scratch: String
    /// The absolute path that it gets.
    let output: String
    private let folder: String
    private let lock: FileLock

    init(_ output: String) throws(PackError) {
        let written = PathText.folder(output)
        let existing = try PackError.from { () throws(PosixError) in
            (try FileSystem.linkStatus(output), try FileSystem.realPath(written))
        }
        if let kind = existing.0?.kind, kind != .file || !Self.isPack(output) {
            throw .outputIsNoPack(output)
        }
        let name = PathText.name(output)
        guard !name.isEmpty, name != ".", name != ".." else { throw .outputIsNoPack(output) }
        // A digest, since the name itself with something before it could be too long for a name.
        let short = Digest.of(name).hex.prefix(16)
        let aside = "\(existing.1)/\(FileSystem.asidePrefix)pack-\(short)"
        guard let taken = try Self.lock(aside) else { throw .busy(output) }
        lock = taken
        folder = existing.1
        self.aside = aside
        scratch = "\(aside)-content-\(Host.processID)"
        self.output = "\(existing.1)/\(name)"
    }

    // What a killed run wrote is removed rather than written over: its mksquashfs may still be at it.
    private static func lock(_ aside: String) throws(PackError) -> FileLock? {
        do {
            guard let lock = try FileLock.tryAcquire(aside) else { return nil }
            if try FileSystem.status(aside)?.size == 0 { return lock }
            // Ours: by its name, and locked.
            try FileSystem.remove(aside)
            return try FileLock.tryAcquire(aside)
        } catch {
            throw .system(error)
        }
    }

    /// Removes what killed runs unpacked.
    func clearScratch() throws(PackError) {
        try PackError.from { () throws(PosixError) in
            for entry in try FileSystem.entries(of: folder) {
                let path = "\(folder)/\(entry.name)"
                // Ours: by its name.
                if path.hasPrefix("\(aside)-content-") { try FileSystem.removeTree(path) }
            }
        }
    }

    func lies(in source: String) -> Bool {
        folder == source || folder.utf8.starts(with: "\(source)/".utf8) || source == "/"
    }

    /// Gives the pack its name. Readable for all: the modes of its entries decide who may read them.
    func publish() throws(PackError) {
        try PackError.from { () throws(PosixError) in
            try FileSystem.changeMode(aside, to: 0o644)
            try FileSystem.synchronize(aside)
            try FileSystem.rename(aside, to: output)
            try FileSystem.synchronize(folder)
        }
    }

    /// Removes what will not be published.
    func clear() { try? FileSystem.remove(aside) }  // try?: ours by its name; replaced later

    private static func isPack(_ path: String) -> Bool {
        (try? FileSystem.readHead(path, limit: 4)) == Array("hsqs".utf8)  // try?: not replaced
    }
}
