package import Digests

/// A file to be sent: written under a name of its own, and renamed once all of it is there.
package struct Upload: Sendable {
    package var source: UploadSource.Origin
    package var target: RemotePath
    /// In the folder of `target`.
    package var aside: RemotePath
    package var digest: Digest
    /// Bytes.
    package var size: Int64
    /// So many bytes are known to lie under `aside` already, from an earlier try.
    package var acknowledged: Int64 = 0
    /// Permission bits of the file, whatever the server's umask is.
    package var permissions: UInt32 = 0o644
    /// Asks the server to put it on stable storage before it is renamed, where the server can.
    package var isDurable = false

    package init(
        _ source: UploadSource.Origin, to target: RemotePath, aside: RemotePath, digest: Digest,
        size: Int64
    ) {
        self.source = source
        self.target = target
        self.aside = aside
        self.digest = digest
        self.size = size
    }
}

/// What becomes of an upload, as it happens.
package struct UploadEvents {
    /// The server has this many bytes of the file, without a gap from its beginning.
    package var acknowledged: (Int64) -> Void = { _ in }
    /// All is there and right; from now on it may get its name.
    package var renaming: () -> Void = {}
    package var ended: () -> Void = {}

    package init() {}
}
