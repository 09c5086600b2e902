import Digests
import Posix
import Slots

/// A folder of this process in the system's place for temporary files.
private func makeScratch() throws(TransportError) -> String {
    let path = (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-rclone-" + RandomID.uuid()
    try system { () throws(PosixError) in
        try FileSystem.createDirectories(path, mode: 0o700)
    }
    return path
}

private func system<Result>(
    _ body: () throws(PosixError) -> Result
) throws(TransportError) -> Result {
    do { return try body() } catch { throw .system(error) }
}

/// A file with names for an option of rclone.
struct RcloneNames {
    private let folder: String

    init(_ names: [String]) throws(TransportError) {
        folder = try makeScratch()
        let text = names.map { RcloneName.encode($0) + "\n" }.joined()
        let path = "\(folder)/names"
        try system { () throws(PosixError) in
            try FileSystem.writeAtomically(Array(text.utf8), to: path)
        }
    }

    /// Names alone, whatever characters they begin with.
    var option: [String] { ["--files-from-raw", "\(folder)/names"] }

    func remove() { try? FileSystem.removeTree(folder) }  // try?: ours, made above; scratch
}

/// Files to be sent, as links under the names that they get.
struct RcloneTree {
    let path: String

    init() throws(TransportError) { path = try makeScratch() }

    /// Adds a file whose content is that of its entry.
    ///
    /// - Returns: the state of the file since before it was read.
    /// - Throws: `TransportError.differs`.
    func add(_ file: TransportPut) throws(TransportError) -> FileStatus {
        guard let state = try status(file.source) else {
            throw .system(PosixError(call: "open", path: file.source, code: PosixError.missing))
        }
        let found = try system { () throws(PosixError) in try Digest.ofFile(file.source) }
        guard found.digest == file.entry.digest, found.bytes == file.entry.size else {
            throw .differs(
                path: file.entry.path, source: file.source, expected: file.entry.digest,
                found: found.digest)
        }
        if let folder = file.entry.path.folder { try addFolder(folder) }
        let source = try system { () throws(PosixError) in try FileSystem.realPath(file.source) }
        try system { () throws(PosixError) in
            try FileSystem.symbolicLink(to: source, at: "\(path)/\(file.entry.path.text)")
        }
        return state
    }

    func addFolder(_ folder: RelativePath) throws(TransportError) {
        try system { () throws(PosixError) in
            try FileSystem.createDirectories("\(path)/\(folder.text)")
        }
    }

    func status(_ source: String) throws(TransportError) -> FileStatus? {
        try system { () throws(PosixError) in try FileSystem.status(source) }
    }

    func remove() { try? FileSystem.removeTree(path) }  // try?: ours, made above; scratch
}

/// Times as `rclone lsjson` prints them: RFC 3339 with up to nine digits of a second.
enum RcloneTime {
    /// Seconds since 1970.
    static func seconds(_ text: String) -> Int64? {
        Timestamp(iso8601: text).map { $0.nanoseconds / 1_000_000_000 }
    }
}
