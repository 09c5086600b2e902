package import Digests

/// What is known of the files in a slot.
package struct SlotContent: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        package let size: Int64
        /// Nil where only the size is known.
        package let digest: Digest?

        package init(size: Int64, digest: Digest?) {
            self.size = size
            self.digest = digest
        }
    }

    package var files: [RelativePath: File]

    package init(_ files: [RelativePath: File] = [:]) { self.files = files }

    /// A slot that holds exactly this.
    package init(_ manifest: DataManifest) {
        files = Dictionary(
            uniqueKeysWithValues: manifest.entries.map {
                ($0.path, File(size: $0.size, digest: $0.digest))
            })
    }

    /// Whether the slot holds the file of this entry; false where that is not known.
    package func holds(_ entry: DataManifest.Entry) -> Bool {
        files[entry.path] == File(size: entry.size, digest: entry.digest)
    }
}
