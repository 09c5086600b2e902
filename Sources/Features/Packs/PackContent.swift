package import Digests

/// What is in a pack, or in the tree that one is made from: the entries, and the digest of each file.
package struct PackContent: Sendable {
    /// Sorted by the bytes of their paths.
    package let entries: [PackEntry]
    /// Of the files, by path.
    let digests: [[UInt8]: Digest]

    package init(entries: [PackEntry], digests: [[UInt8]: Digest]) {
        self.entries = entries.sorted(by: PackEntry.inOrder)
        self.digests = digests
    }

    package var counts: PackCounts { PackCounts(entries) }
}

/// How much there is in a pack.
package struct PackCounts: Hashable, Sendable {
    package private(set) var files = 0
    package private(set) var folders = 0
    package private(set) var links = 0
    /// Of all files together, unpacked.
    package private(set) var bytes: Int64 = 0

    package init(_ entries: [PackEntry]) {
        for entry in entries {
            switch entry.kind {
            case .folder: folders += 1
            case .link: links += 1
            case .other: break
            case .file(let size):
                files += 1
                bytes += size
            }
        }
    }
}
