package import Digests
package import Posix

/// What the engine does to files: the file system, or in tests a model of one in memory.
///
/// Each requirement is the operation of `FileSystem` of the same name; paths are relative to the project.
package protocol Disk: Sendable {
    func status(_ path: String) throws(PosixError) -> FileStatus?
    func linkStatus(_ path: String) throws(PosixError) -> FileStatus?
    func entries(of folder: String) throws(PosixError) -> [DirectoryEntry]
    func emptiness(_ path: String) throws(PosixError) -> FileEmptiness
    func readText(_ path: String) throws(PosixError) -> String
    func readHead(_ path: String, limit: Int) throws(PosixError) -> [UInt8]
    func readTail(_ path: String, limit: Int) throws(PosixError) -> [UInt8]
    func readLink(_ path: String) throws(PosixError) -> String

    /// The digest of a file, and those of several, on all processors.
    func digest(of file: String) throws(PosixError) -> FileDigest
    func digests(of files: [String]) -> [Result<FileDigest, PosixError>]

    func createDirectories(_ path: String, mode: UInt32) throws(PosixError)
    func rename(_ from: String, to target: String) throws(PosixError)
    func link(_ existing: String, at path: String) throws(PosixError)
    func copy(_ from: String, to path: String) throws(PosixError)

    /// - Returns: false where the file system has no clones.
    func clone(_ from: String, to path: String) throws(PosixError) -> Bool
    func changeMode(_ path: String, to mode: UInt32) throws(PosixError)
    func remove(_ path: String) throws(PosixError)
    func removeTree(_ path: String) throws(PosixError)
    func synchronize(_ path: String) throws(PosixError)
    func synchronizeFileSystem(containing path: String) throws(PosixError)
}

extension Disk {
    package func createDirectories(_ path: String) throws(PosixError) {
        try createDirectories(path, mode: 0o755)
    }
}

/// The file system.
package struct SystemDisk: Disk {
    package init() {}

    package func status(_ path: String) throws(PosixError) -> FileStatus? {
        try FileSystem.status(path)
    }

    package func linkStatus(_ path: String) throws(PosixError) -> FileStatus? {
        try FileSystem.linkStatus(path)
    }

    package func entries(of folder: String) throws(PosixError) -> [DirectoryEntry] {
        try FileSystem.entries(of: folder)
    }

    package func emptiness(_ path: String) throws(PosixError) -> FileEmptiness {
        try FileSystem.emptiness(path)
    }

    package func readText(_ path: String) throws(PosixError) -> String {
        try FileSystem.readText(path)
    }

    package func readHead(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
        try FileSystem.readHead(path, limit: limit)
    }

    package func readTail(_ path: String, limit: Int) throws(PosixError) -> [UInt8] {
        try FileSystem.readTail(path, limit: limit)
    }

    package func readLink(_ path: String) throws(PosixError) -> String {
        try FileSystem.readLink(path)
    }

    package func digest(of file: String) throws(PosixError) -> FileDigest {
        try Digest.ofFile(file)
    }

    package func digests(of files: [String]) -> [Result<FileDigest, PosixError>] {
        Digest.ofFiles(files, threads: Host.processorCount)
    }

    package func createDirectories(_ path: String, mode: UInt32) throws(PosixError) {
        try FileSystem.createDirectories(path, mode: mode)
    }

    package func rename(_ from: String, to target: String) throws(PosixError) {
        try FileSystem.rename(from, to: target)
    }

    package func link(_ existing: String, at path: String) throws(PosixError) {
        try FileSystem.link(existing, at: path)
    }

    package func copy(_ from: String, to path: String) throws(PosixError) {
        try FileSystem.copy(from, to: path)
    }

    package func clone(_ from: String, to path: String) throws(PosixError) -> Bool {
        try FileSystem.clone(from, to: path)
    }

    package func changeMode(_ path: String, to mode: UInt32) throws(PosixError) {
        try FileSystem.changeMode(path, to: mode)
    }

    // The one who asks for a removal has the reason why the file is ours.
    package func remove(_ path: String) throws(PosixError) { try FileSystem.remove(path) }

    // As above: it is ours by what its caller says.
    package func removeTree(_ path: String) throws(PosixError) { try FileSystem.removeTree(path) }

    package func synchronize(_ path: String) throws(PosixError) {
        try FileSystem.synchronize(path)
    }

    package func synchronizeFileSystem(containing path: String) throws(PosixError) {
        try FileSystem.synchronizeFileSystem(containing: path)
    }
}
