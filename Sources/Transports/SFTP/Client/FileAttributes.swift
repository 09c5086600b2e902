/// The attributes of a file, each of which may be unknown (draft-ietf-secsh-filexfer-02, section 5).
package struct FileAttributes: Hashable, Sendable {
    package struct Owner: Hashable, Sendable {
        package let user: UInt32
        package let group: UInt32

        package init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// Seconds since 1970, which end in 2106.
    package struct Times: Hashable, Sendable {
        package let accessed: UInt32
        package let modified: UInt32

        package init(accessed: UInt32, modified: UInt32) {
            self.accessed = accessed
            self.modified = modified
        }
    }

    package enum Kind: Hashable, Sendable { case file, folder, link, other }

    /// Bytes.
    package var size: Int64?
    package var owner: Owner?
    /// The bits of `st_mode` (inode(7)), those of the kind among them where a server sends them.
    package var permissions: UInt32?
    package var times: Times?

    package init(
        size: Int64? = nil, owner: Owner? = nil, permissions: UInt32? = nil, times: Times? = nil
    ) {
        self.size = size
        self.owner = owner
        self.permissions = permissions
        self.times = times
    }

    /// What it is; nil where the server does not say.
    package var kind: Kind? {
        guard let permissions, permissions & 0o170000 != 0 else { return nil }
        switch permissions & 0o170000 {
        case 0o100000: return .file
        case 0o040000: return .folder
        case 0o120000: return .link
        default: return .other
        }
    }

    static let hasSize: UInt32 = 1
    static let hasOwner: UInt32 = 2
    static let hasPermissions: UInt32 = 4
    static let hasTimes: UInt32 = 8
    static let isExtended: UInt32 = 0x8000_0000

    var flags: UInt32 {
        (size == nil ? 0 : Self.hasSize) | (owner == nil ? 0 : Self.hasOwner)
            | (permissions == nil ? 0 : Self.hasPermissions) | (times == nil ? 0 : Self.hasTimes)
    }
}
