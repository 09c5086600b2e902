package import Digests

/// What `docker build` sends of a folder: everything that decides the image, apart from arguments.
///
/// Times and owners are left out: Docker does not compare times, and what is copied belongs to root.
package struct BuildContext: Hashable, Sendable {
    /// A file, folder or link below the root of the context.
    package struct Entry: Hashable, Sendable {
        package enum Content: Hashable, Sendable {
            case file(digest: Digest, size: Int64)
            case directory
            case symbolicLink(target: String)
        }
        /// Relative to the root, with slashes.
        package let path: String
        /// The permission bits (chmod(2)), which the image keeps; 0 for links, which have none.
        package let mode: UInt32
        package let content: Content

        package init(path: String, mode: UInt32, content: Content) {
            self.path = path
            self.mode = mode
            self.content = content
        }
    }

    /// Sorted by the bytes of the paths.
    package let entries: [Entry]
    /// Bytes of all files together, before compression.
    package let bytes: Int64
    /// The digest of the canonical listing: equal for equal contexts, on any machine.
    package let digest: Digest
    /// The content of a Dockerfile that is a link or lies behind one: Docker's client reads it where it is, which no
    /// entry tells.
    package let linkedDockerfile: Digest?
    /// Files and folders that Docker's client would send and that are kept out, each with all below it.
    package let withheld: [String]

    package init(entries: [Entry], linkedDockerfile: Digest? = nil, withheld: [String] = []) {
        self.linkedDockerfile = linkedDockerfile
        self.withheld = withheld
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        bytes = entries.reduce(0) { sum, entry in
            if case .file(_, let size) = entry.content { sum + size } else { sum }
        }
        digest = Self.digest(of: self.entries, linkedDockerfile)
    }

    // Fields end in a zero byte, which neither a path nor a link's target can hold.
    private static func digest(of entries: [Entry], _ dockerfile: Digest?) -> Digest {
        var hasher = Hasher256()
        for entry in entries {
            let content =
                switch entry.content {
                case .file(let digest, let size): "file\0\(digest.hex)\0\(size)"
                case .directory: "directory"
                case .symbolicLink(let target): "link\0\(target)"
                }
            hasher.update("\(entry.path)\0\(String(entry.mode, radix: 8))\0\(content)\0")
        }
        if let dockerfile { hasher.update("\0dockerfile\0\(dockerfile.hex)\0") }
        return hasher.finish()
    }
}
