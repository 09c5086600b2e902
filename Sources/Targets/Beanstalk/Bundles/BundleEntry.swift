package import Digests

/// A file of a bundle.
package struct BundleEntry: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case bytes([UInt8])
        /// A file on disk, which is read when the bundle is written, and must then still have its digest.
        case file(String)
    }

    /// Relative to the top of the bundle, with slashes.
    package let path: String
    package let content: Content
    package let digest: Digest
    /// Bytes.
    package let size: Int64
    package let isExecutable: Bool

    package init(path: String, text: String, isExecutable: Bool = false) {
        self.init(path: path, bytes: Array(text.utf8), isExecutable: isExecutable)
    }

    package init(path: String, bytes: [UInt8], isExecutable: Bool = false) {
        self.path = path
        content = .bytes(bytes)
        digest = Digest.of(bytes)
        size = Int64(bytes.count)
        self.isExecutable = isExecutable
    }

    package init(path: String, file: String, digest: FileDigest, isExecutable: Bool) {
        self.path = path
        content = .file(file)
        self.digest = digest.digest
        size = digest.bytes
        self.isExecutable = isExecutable
    }

    /// The content of a text that is small enough to be held; nil for all else.
    var text: String? {
        guard case .bytes(let bytes) = content else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The components of the path.
    var components: [Substring] { path.split(separator: "/") }
}
