package import Digests
import Paths
package import Posix
import Synchronization

/// Files by content: `aa/bb…` is the file whose SHA-256 is `aabb…`.
///
/// An object shares its blocks with the output that it keeps where the file system can (FICLONE),
/// else it is the same file under a second name, made read-only. A file that may be executed is a copy, since files of
/// equal content may differ in that. What is read back is hashed first, so that a damaged object is never restored.
package struct Store: Sendable {
    package let root: String
    package let disk: any Disk

    package init(root: String, disk: any Disk = SystemDisk()) {
        self.root = root
        self.disk = disk
    }

    package func path(of digest: Digest) -> String {
        let hex = digest.hex
        return "\(root)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// - Throws: where that cannot be determined.
    package func contains(_ digest: Digest) throws(PosixError) -> Bool {
        try disk.status(path(of: digest)) != nil
    }

    /// Keeps a file that is complete, and that nobody writes any more.
    ///
    /// Neither the object nor its folder is synchronised: after a power cut an object may be missing or damaged,
    /// which is seen when it is read. The one who counts on it synchronises both.
    ///
    /// The file's mode becomes one of two, whatever it was.
    package func keep(
        _ file: String, digest: Digest, isExecutable: Bool = false
    ) throws(PosixError) {
        let object = path(of: digest)
        try disk.changeMode(file, to: Self.mode(isExecutable))
        if try disk.status(object) != nil { return }
        try disk.createDirectories(PathText.folder(object), mode: 0o700)
        let temporary = FileSystem.temporaryPath(beside: object)
        if try clone(file, to: temporary) {
            try disk.changeMode(temporary, to: Self.mode(false))
            try disk.rename(temporary, to: object)
            return
        }
        if isExecutable { return try keepCopy(of: file, temporary, as: object) }
        do {
            try disk.link(file, at: object)
        } catch  where error.isExisting {
            return
        } catch  where error.isCrossDevice {
            try keepCopy(of: file, temporary, as: object)
        }
    }

    private func keepCopy(
        of file: String, _ temporary: String, as object: String
    ) throws(PosixError) {
        try disk.copy(file, to: temporary)
        try disk.changeMode(temporary, to: Self.mode(false))
        try disk.synchronize(temporary)
        try disk.rename(temporary, to: object)
    }

    /// Readable by all, whatever the umask of who wrote it, and written by nobody.
    private static func mode(_ isExecutable: Bool) -> UInt32 { isExecutable ? 0o555 : 0o444 }

    /// Devices whose file systems have no clones: asked once, since each try makes a file and removes it.
    private static let withoutClones = Mutex<Set<UInt64>>([])

    private func clone(_ file: String, to path: String) throws(PosixError) -> Bool {
        try clone(file, on: try disk.status(file)?.device ?? 0, to: path)
    }

    private func clone(
        _ file: String, on device: UInt64, to path: String
    ) throws(PosixError) -> Bool {
        if Self.withoutClones.withLock({ $0.contains(device) }) { return false }
        if try disk.clone(file, to: path) { return true }
        Self.withoutClones.withLock { _ = $0.insert(device) }
        return false
    }

    /// Keeps bytes under their digest.
    package func keep(_ bytes: [UInt8]) throws(PosixError) -> Digest {
        let digest = Digest.of(bytes)
        let object = path(of: digest)
        if try disk.status(object) != nil { return digest }
        try disk.createDirectories(PathText.folder(object), mode: 0o700)
        try FileSystem.writeAtomically(bytes, to: object, mode: 0o444)
        return digest
    }

    /// A file that becomes an object once all of it is written; until then it counts for nothing.
    package struct NewObject: Sendable {
        let digest: Digest
        let path: String
        let descriptor: Int32

        package func write(_ bytes: some Collection<UInt8>) throws(PosixError) {
            try Descriptors.write(bytes, to: descriptor, path: path)
        }
    }

    /// Begins an object, which `place` or `discard` ends.
    package func begin(_ digest: Digest) throws(PosixError) -> NewObject {
        let object = path(of: digest)
        let made: (path: String, descriptor: Int32)
        do { made = try FileSystem.createTemporary(beside: object) } catch {
            guard error.isNotFound else { throw error }
            try disk.createDirectories(PathText.folder(object), mode: 0o700)
            made = try FileSystem.createTemporary(beside: object)
        }
        return NewObject(digest: digest, path: made.path, descriptor: made.descriptor)
    }

    /// Gives the object its name: the caller has hashed what it wrote. Not synchronised, as in `keep`.
    package func place(_ new: NewObject) throws(PosixError) {
        try Descriptors.changeMode(new.descriptor, to: Self.mode(false), path: new.path)
        // The next content is on its way while the disk takes this one.
        Descriptors.beginWritingBack(new.descriptor)
        // One of this name holds the same, or is damaged.
        try disk.rename(new.path, to: path(of: new.digest))
        Descriptors.close(new.descriptor)
    }

    /// Removes what did not become an object.
    package func discard(_ new: NewObject) {
        Descriptors.close(new.descriptor)
        // ours: made by `begin`
        try? disk.remove(new.path)  // try?: garbage collection removes what is left
    }

    /// The path of an object whose content is what its name says; nil where there is none. Changes nothing.
    package func sound(_ digest: Digest) throws(PosixError) -> String? {
        let object = path(of: digest)
        guard try disk.status(object) != nil else { return nil }
        return try disk.digest(of: object).digest == digest ? object : nil
    }

    /// The path of an object whose content was just hashed and is right; nil if the store has none.
    /// A damaged object is removed.
    package func verified(_ digest: Digest) throws(PosixError) -> String? {
        let object = path(of: digest)
        guard try disk.status(object) != nil else { return nil }
        if try disk.digest(of: object).digest == digest { return object }
        // Ours: an object of the store, whose content is not what its name says.
        try disk.remove(object)
        return nil
    }

    /// Makes a file of the object's content, as `keep` made the object of the file.
    ///
    /// - Parameter isHashed: whether the caller has just seen that the object is whole.
    /// - Returns: false when the store does not have the content.
    package func restore(
        _ digest: Digest, to path: String, isExecutable: Bool = false, isHashed: Bool = false
    ) throws(PosixError) -> Bool {
        let found = isHashed ? self.path(of: digest) : try verified(digest)
        guard let object = found, let device = try disk.status(object)?.device else { return false }
        if try clone(object, on: device, to: path) {
            try disk.changeMode(path, to: Self.mode(isExecutable))
            return true
        }
        if isExecutable {
            try disk.copy(object, to: path)
            try disk.changeMode(path, to: Self.mode(true))
            try disk.synchronize(path)
            return true
        }
        do {
            try disk.link(object, at: path)
        } catch  where error.isCrossDevice {
            try disk.copy(object, to: path)
            try disk.synchronize(path)
        }
        return true
    }

}
