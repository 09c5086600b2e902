package import Digests
package import Failures
package import Posix

/// Why the context of an image cannot be read.
package enum BuildContextError: Explained, Equatable {
    case noDockerfile(String)
    case dockerfileOutside(String)
    case badName(folder: String, name: String)
    case ownIgnoreFile(String)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .noDockerfile(let path):
            Failure(
                "dockerfile-missing", "there is no Dockerfile \"\(path)\"",
                next: "create it, or name another one in the image stage")
        case .dockerfileOutside(let path):
            Failure(
                "dockerfile-outside", "the Dockerfile \"\(path)\" is not inside the context",
                next: "give a path relative to the context")
        case .badName(let folder, let name):
            Failure(
                "context-name-not-utf8", "the name \"\(name)\" in \"\(folder)\" is not valid UTF-8",
                next: "rename it, or ignore its folder in .dockerignore")
        case .ownIgnoreFile(let path):
            Failure(
                "dockerignore-own", "\"\(path)\" is read by only one of Docker's builders",
                next: "move its lines to .dockerignore")
        }
    }
}

extension BuildContext {
    /// Reads the folder `root` as Docker's client does.
    ///
    /// - Parameters:
    ///   - dockerfile: relative to `root`.
    ///   - needsDockerfile: false where no image is made of it.
    ///   - withholds: whether a path below `root` is kept out whatever the ignore file has, with all below it.
    ///   - digest: the digest of a file, by its path with `root` in front; the caller may have a cache.
    /// - Throws: `BuildContextError`, `DockerIgnoreError`, `PosixError`, and what `digest` throws.
    package static func read(
        root: String, dockerfile: String = "Dockerfile", needsDockerfile: Bool = true,
        withholds: (String, FileKind) throws -> Bool = { _, _ in false },
        digest: (String) throws -> Digest
    ) throws -> BuildContext {
        let file = CleanPath.clean(dockerfile)
        guard !file.utf8.starts(with: "/".utf8), !file.utf8.starts(with: "../".utf8) else {
            throw BuildContextError.dockerfileOutside(dockerfile)
        }
        let hasFile = try FileSystem.status("\(root)/\(file)")?.kind == .file
        guard hasFile || !needsDockerfile else {
            throw BuildContextError.noDockerfile("\(root)/\(file)")
        }
        guard try FileSystem.status("\(root)/\(file).dockerignore") == nil else {
            throw BuildContextError.ownIgnoreFile("\(root)/\(file).dockerignore")
        }
        var text = ""
        if try FileSystem.status("\(root)/.dockerignore") != nil {
            text = try FileSystem.readText("\(root)/.dockerignore")
        }
        let ignore = try DockerIgnore(text).keeping([".dockerignore", file])
        var walk = ContextWalk(root: root, ignore: ignore)
        try walk.visit("", below: nil, { try $0 != file && withholds($0, $1) }, digest)
        // Whatever folder on the way is a link: the client opens the path.
        let isLinked =
            try hasFile
            && FileSystem.realPath("\(root)/\(file)") != FileSystem.realPath(root) + "/" + file
        return BuildContext(
            entries: walk.entries, linkedDockerfile: isLinked ? try digest("\(root)/\(file)") : nil,
            withheld: walk.withheld.sorted())
    }
}

private struct ContextWalk {
    let root: String
    let ignore: DockerIgnore
    var entries: [BuildContext.Entry] = []
    var withheld: [String] = []

    mutating func visit(
        _ folder: String, below judgement: DockerIgnore.Judgement?,
        _ withholds: (String, FileKind) throws -> Bool, _ digest: (String) throws -> Digest
    ) throws {
        let place = folder.isEmpty ? root : "\(root)/\(folder)"
        for entry in try FileSystem.entries(of: place) {
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            let found = ignore.judge(path, below: judgement)
            if found.isIgnored {
                if entry.kind == .directory, entry.isValidUTF8,
                    ignore.mayHoldExceptions(below: path)
                {
                    try visit(path, below: found, withholds, digest)
                }
                continue
            }
            guard entry.isValidUTF8 else {
                throw BuildContextError.badName(folder: place, name: entry.name)
            }
            if try withholds(path, entry.kind) {
                withheld.append(path)
                continue
            }
            try add(path, entry.kind, digest)
            if entry.kind == .directory { try visit(path, below: found, withholds, digest) }
        }
    }

    private mutating func add(
        _ path: String, _ kind: FileKind, _ digest: (String) throws -> Digest
    ) throws {
        let full = "\(root)/\(path)"
        // Gone since the folder was read: the next run sees the same as Docker, which reads it later.
        guard let status = try FileSystem.linkStatus(full) else { return }
        let content: BuildContext.Entry.Content
        switch kind {
        case .file: content = .file(digest: try digest(full), size: status.size)
        case .directory: content = .directory
        case .symbolicLink: content = .symbolicLink(target: try FileSystem.readLink(full))
        // Sockets are not sent, and pipes and devices have no content to compare.
        case .other: return
        }
        let mode = kind == .symbolicLink ? 0 : status.mode
        entries.append(.init(path: path, mode: mode, content: content))
    }
}
