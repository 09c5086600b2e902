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
        do {
            guard try FileSystem.status(folder)?.kind == .directory else {
                throw BundleError.noFolder(folder)
            }
            var files = UserFiles(root: try FileSystem.realPath(folder))
            for name in Self.folders where try FileSystem.status("\(folder)/\(name)") != nil {
                try files.visit(name, FileSystem.linkStatus("\(folder)/\(name)")?.kind ?? .other)
            }
            for path in otherFiles { try files.takeNamed(path) }
            try files.takeDockerrun()
            try files.compareWithIgnoreFile()
            return files
        } catch let error as BundleError {
            throw error
        } catch let error as PosixError {
            throw .file(error)
        } catch {
            preconditionFailure("an error of another type: \(error)")
        }
    }

    private init(root: String) { self.root = root }

    private mutating func visit(_ path: String, _ kind: FileKind) throws {
        switch kind {
        case .directory:
            for entry in try FileSystem.entries(of: "\(root)/\(path)") {
                guard entry.isValidUTF8 else {
                    findings.append(
                        BundleFinding(
                            .error, path, "the name \"\(entry.name)\" is not valid UTF-8",
                            advice: "rename the file"))
                    continue
                }
                try visit("\(path)/\(entry.name)", entry.kind)
            }
        case .file: try take(path, from: "\(root)/\(path)")
        case .symbolicLink: try follow(path)
        case .other:
            findings.append(
                BundleFinding(
                    .error, path, "it is neither a file nor a folder", advice: "remove it"))
        }
    }

    // A zip file of links would be unpacked differently by different programs: the content is taken.
    private mutating func follow(_ path: String) throws {
        let target = try? FileSystem.realPath("\(root)/\(path)")
        guard let target, target.utf8.starts(with: (root + "/").utf8),
            try FileSystem.status(target)?.kind == .file
        else {
            findings.append(
                BundleFinding(
                    .error, path, "this link leads to no file in the folder of the bundle",
                    advice: "put a copy in its place"))
            return
        }
        try take(path, from: target)
    }

    private mutating func take(_ path: String, from file: String) throws {
        guard !GeneratedPath.isGenerated(path) else {
            findings.append(
                BundleFinding(
                    .error, path, "this tool writes a file of this name into every bundle",
                    advice: "rename yours"))
            return
        }
        entries.append(try Self.entry(path, file))
    }

    private static func entry(_ path: String, _ file: String) throws -> BundleEntry {
        guard let status = try FileSystem.status(file) else {
            throw PosixError(call: "stat", path: file, code: 2)
        }
        let isExecutable = status.mode & 0o100 != 0
        if status.size <= heldBytes {
            let bytes = try FileSystem.read(file)
            return BundleEntry(path: path, bytes: bytes, isExecutable: isExecutable)
        }
        return BundleEntry(
            path: path, file: file, digest: try Digest.ofFile(file), isExecutable: isExecutable)
    }

    private mutating func takeNamed(_ path: String) throws {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            try FileSystem.status("\(root)/\(path)")?.kind == .file
        else { throw BundleError.missingFile(folder: root, path: path) }
        try visit(path, FileSystem.linkStatus("\(root)/\(path)")?.kind ?? .other)
    }

    private mutating func takeDockerrun() throws {
        entries.removeAll { $0.path == GeneratedPath.dockerrun }
        let file = "\(root)/\(GeneratedPath.dockerrun)"
        guard try FileSystem.status(file)?.kind == .file else { return }
        dockerrun = try Self.entry(GeneratedPath.dockerrun, file)
    }

    /// The bundle holds what is named and nothing else, so `.ebignore` decides nothing here; but somebody
    /// who deploys the same folder with `eb deploy` would get another bundle.
    private mutating func compareWithIgnoreFile() throws {
        let name = ".ebignore"
        guard try FileSystem.status("\(root)/\(name)")?.kind == .file else { return }
        let ignore = IgnoreFile(
            String(decoding: try FileSystem.read("\(root)/\(name)"), as: UTF8.self))
        for path in entries.map(\.path) + (dockerrun.map { [$0.path] } ?? []) {
            guard let line = ignore.lineIgnoring(path) else { continue }
            findings.append(
                BundleFinding(
                    .warning, name, .init(line: line, column: 1),
                    "\"\(path)\" is ignored here, and is in the bundle all the same",
                    advice: "delete the file, or this line"))
        }
    }
}
