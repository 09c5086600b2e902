package import Posix

/// What a file held when it was read, from the first byte to the last.
package struct FileDigest: Hashable, Sendable {
    package let digest: Digest
    /// How many bytes were read.
    package let bytes: Int64

    package init(digest: Digest, bytes: Int64) {
        self.digest = digest
        self.bytes = bytes
    }
}

extension Digest {
    /// Reads a regular file, or what a symbolic link leads to, and hashes it.
    ///
    /// A folder is EISDIR; a pipe, socket or device is EINVAL, since reading one may never end.
    /// The file is not locked: compare its status before and after where somebody may write.
    package static func ofFile(_ path: String) throws(PosixError) -> FileDigest {
        var reader = FileHasher()
        return try reader.hash(path) { false }
    }
}
