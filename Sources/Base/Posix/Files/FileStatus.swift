import Glibc

/// What a name in a folder stands for.
package enum FileKind: Sendable {
    case file, directory, symbolicLink, other
}

/// What stat(2) says of a file.
package struct FileStatus: Hashable, Sendable {
    /// The device and, on it, the inode: together the identity of the file.
    package let device: UInt64
    package let inode: UInt64
    /// Bytes.
    package let size: Int64
    /// Last change of the content, nanoseconds since 1970.
    package let modifiedNs: Int64
    /// Last change of the content or of the inode, nanoseconds since 1970; cannot be set by a user.
    package let changedNs: Int64
    /// Permission bits, without those of the kind.
    package let mode: UInt32
    /// Hard links.
    package let links: UInt64
    package let kind: FileKind
    /// The number of the user whose it is.
    package private(set) var owner: UInt32 = 0

    /// Of a file that lies on no disk.
    package init(
        device: UInt64, inode: UInt64, size: Int64, modifiedNs: Int64, changedNs: Int64,
        mode: UInt32, links: UInt64, kind: FileKind
    ) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modifiedNs = modifiedNs
        self.changedNs = changedNs
        self.mode = mode
        self.links = links
        self.kind = kind
    }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modifiedNs = Self.nanoseconds(status.st_mtim)
        changedNs = Self.nanoseconds(status.st_ctim)
        mode = UInt32(status.st_mode) & 0o7777
        links = UInt64(status.st_nlink)
        owner = status.st_uid
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
