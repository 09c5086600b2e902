import Digests
import Posix
import YAML

/// What the user's folder gives to a bundle, and what is to be said of that.
struct UserFiles {
    /// Files up to this size are held in memory, so that what was looked at is what is written.
    private static let heldBytes: Int64 = 1 << 20
    private static let folders = [".ebextensions", ".platform"]

    var entries: [BundleEntry] = []
    /// The user's own Dockerrun.aws.json, a template for the one in the bundle.
    var dockerrun: BundleEntry?
    var findings: [BundleFinding] = []

    private let root: String

    static func read(
        folder: String, otherFiles: [String]
    ) throws(BundleError) -> UserFiles {
        guard try Self.kind(of: folder) == .directory else { throw .noFolder(folder) }
        var files = UserFiles(
            root: try onDisk { () throws(PosixError) in try FileSystem.realPath(folder) })
        for name in Self.folders {
            if let kind = try Self.linkKind(of: "\(files.root)/\(name)") {
                try files.visit(name, kind)
            }
        }
        for path in otherFiles { try files.takeNamed(path) }
        try files.takeDockerrun()
        try files.compareWithIgnoreFile()
        return files
    }

    private init(root: String) { self.root = root }

    private mutating func visit(_ path: String, _ kind: FileKind) throws(BundleError) {
        switch kind {
        case .directory:
            let entries = try onDisk { () throws(PosixError) in
                try FileSystem.entries(of: "\(root)/\(path)")
            }
            for entry in entries {
                if entry.isValidUTF8 {
                    try visit("\(path)/\(entry.name)", entry.kind)
                } else {
                    add(path, "the name \"\(entry.name)\" is not valid UTF-8", "rename the file")
                }
            }
        case .file: try take(path, from: "\(root)/\(path)")
        case .symbolicLink: try follow(path)
        case .other: add(path, "it is neither a file nor a folder", "remove it")
        }
    }

    // A zip file of links would be unpacked differently by different programs: the content is taken.
    private mutating func follow(_ path: String) throws(BundleError) {
        guard let target = inside(path), try Self.kind(of: target) == .file else {
            add(
                path, "this link leads to no file in the folder of the bundle",
                "put a copy in its place")
            return
        }
        try take(path, from: target)
    }

    /// Where a path leads, unless that is nowhere or outside the folder.
    private func inside(_ path: String) -> String? {
        guard let target = try? FileSystem.realPath("\(root)/\(path)"),  // try?: it is refused
            target.utf8.starts(with: (root + "/").utf8)
        else { return nil }
        return target
    }

    private mutating func add(_ path: String, _ text: String, _ advice: String) {
        findings.append(BundleFinding(.error, path, text, advice: advice))
    }

    private static func kind(of path: String) throws(BundleError) -> FileKind? {
        try onDisk { () throws(PosixError) in try FileSystem.status(path)?.kind }
    }

    private static func linkKind(of path: String) throws(BundleError) -> FileKind? {
        try onDisk { () throws(PosixError) in try FileSystem.linkStatus(path)?.kind }
    }

    private mutating func take(_ path: String, from file: String) throws(BundleError) {
        guard !GeneratedPath.isGenerated(path) else {
            return add(
                path, "this tool writes a file of this name into every bundle", "rename yours")
        }
        entries.append(try Self.entry(path, file))
    }

    private static func entry(_ path: String, _ file: String) throws(BundleError) -> BundleEntry {
        try onDisk { () throws(PosixError) in
            let descriptor = try Descriptors.open(file, .read)
            defer { Descriptors.close(descriptor) }
            let status = try FileSystem.status(open: descriptor, path: file)
            let isExecutable = status.mode & 0o100 != 0
            if status.size <= heldBytes {
                let bytes = try FileSystem.read(file)
                return BundleEntry(path: path, bytes: bytes, isExecutable: isExecutable)
            }
            return BundleEntry(
                path: path, file: file, digest: try Digest.ofFile(file), isExecutable: isExecutable)
        }
    }

    private mutating func takeNamed(_ path: String) throws(BundleError) {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            let target = inside(path), try Self.kind(of: target) == .file
        else { throw .missingFile(folder: root, path: path) }
        if entries.contains(where: { $0.path.utf8.elementsEqual(path.utf8) }) { return }
        try take(path, from: target)
    }

    private mutating func takeDockerrun() throws(BundleError) {
        entries.removeAll { $0.path == GeneratedPath.dockerrun }
        let file = "\(root)/\(GeneratedPath.dockerrun)"
        guard try Self.kind(of: file) == .file else { return }
        dockerrun = try Self.entry(GeneratedPath.dockerrun, file)
    }

    /// The bundle holds what is named and nothing else, so `.ebignore` decides nothing here; but somebody
    /// who deploys the same folder with `eb deploy` would get another bundle.
    private mutating func compareWithIgnoreFile() throws(BundleError) {
        let name = ".ebignore"
        let file = "\(root)/\(name)"
        guard try Self.kind(of: file) == .file else { return }
        let bytes = try onDisk { () throws(PosixError) in try FileSystem.read(file) }
        let ignore = IgnoreFile(String(decoding: bytes, as: UTF8.self))
        for path in entries.map(\.path) + (dockerrun.map { [$0.path] } ?? []) {
            guard let line = ignore.lineIgnoring(path) else { continue }
            findings.append(
                BundleFinding(
                    .warning, name, Mark(line: line, column: 1),
                    "\"\(path)\" is ignored here, and is in the bundle all the same",
                    advice: "delete the file, or this line"))
        }
    }
}
