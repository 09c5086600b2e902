package import Digests

/// A bundle before it is written.
package struct BundlePlan: Sendable {
    /// Sorted by the bytes of their paths.
    package let entries: [BundleEntry]
    /// In the order of the files. With an error among them the bundle should not be deployed.
    package let findings: [BundleFinding]
    /// What the release is: the digest of all files as they would be without the number of the release and
    /// the images that are kept. Equal for two releases of one code, one data and one configuration.
    package let contentDigest: Digest
    /// The digest of the files as they are; the zip file's bytes follow from it.
    package let entriesDigest: Digest
    /// Bytes of the zip file.
    package let bytes: Int64

    package var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// Writes the zip file: to a temporary path, synchronised, renamed. Killed at any point, `path` is as it was or whole.
    ///
    /// Blocks; reads the files that are large again.
    ///
    /// - Throws: `BundleError`, among them `changed` where a file is not any more what was planned.
    package func write(to path: String) throws(BundleError) -> WrittenBundle {
        try ZipWriter.write(entries, to: path)
    }
}

/// A zip file on disk.
package struct WrittenBundle: Hashable, Sendable {
    package let path: String
    /// Of the zip file: equal entries give equal bytes.
    package let digest: Digest
    package let bytes: Int64
}
