/// What is asked of a server (draft-ietf-secsh-filexfer-02, section 6; OpenSSH's PROTOCOL file for the
/// extensions). Paths are bytes: a name that a server gave need not be UTF-8.
enum Request: Hashable, Sendable {
    struct OpenFlags: OptionSet, Hashable, Sendable {
        let rawValue: UInt32
        static let read = OpenFlags(rawValue: 1)
        static let write = OpenFlags(rawValue: 2)
        static let create = OpenFlags(rawValue: 8)
        static let truncate = OpenFlags(rawValue: 16)
        static let exclusive = OpenFlags(rawValue: 32)
    }

    case open(RemotePath, OpenFlags, FileAttributes)
    case close(Handle)
    case read(Handle, offset: UInt64, length: UInt32)
    case linkStatus(RemotePath)
    case status(RemotePath)
    case handleStatus(Handle)
    case setStatus(RemotePath, FileAttributes)
    case setHandleStatus(Handle, FileAttributes)
    case openFolder(RemotePath)
    case readFolder(Handle)
    case remove(RemotePath)
    case makeFolder(RemotePath)
    case removeFolder(RemotePath)
    case realPath(RemotePath)
    case rename(RemotePath, to: RemotePath)
    case readLink(RemotePath)
    case symbolicLink(RemotePath, to: RemotePath)
    /// `posix-rename@openssh.com`: replaces what has the name.
    case replace(RemotePath, by: RemotePath)
    /// `hardlink@openssh.com`.
    case hardLink(RemotePath, at: RemotePath)
    /// `fsync@openssh.com`.
    case synchronize(Handle)
    /// `limits@openssh.com`.
    case limits
    /// `statvfs@openssh.com`.
    case fileSystem(RemotePath)

    /// The packet of this request with the number `id`.
    func packet(id: UInt32) -> [UInt8] {
        var packet = PacketWriter(type: type)
        packet.append(id)
        switch self {
        case .open(let path, let flags, let attributes):
            packet.append(path.bytes)
            packet.append(flags.rawValue)
            packet.append(attributes)
        case .close(let handle), .handleStatus(let handle), .readFolder(let handle):
            packet.append(handle.bytes)
        case .read(let handle, let offset, let length):
            packet.append(handle.bytes)
            packet.append(offset)
            packet.append(length)
        case .linkStatus(let path), .status(let path), .openFolder(let path), .remove(let path),
            .removeFolder(let path), .realPath(let path), .readLink(let path):
            packet.append(path.bytes)
        case .setStatus(let path, let attributes):
            packet.append(path.bytes)
            packet.append(attributes)
        case .setHandleStatus(let handle, let attributes):
            packet.append(handle.bytes)
            packet.append(attributes)
        case .makeFolder(let path):
            packet.append(path.bytes)
            packet.append(FileAttributes(permissions: 0o755))
        case .rename(let path, let name):
            packet.append(path.bytes)
            packet.append(name.bytes)
        case .symbolicLink(let path, let target):
            // OpenSSH takes the target first, against the draft, and other servers follow it (its PROTOCOL file, 4.1).
            packet.append(target.bytes)
            packet.append(path.bytes)
        case .replace(let target, let path):
            packet.append("posix-rename@openssh.com".utf8)
            packet.append(path.bytes)
            packet.append(target.bytes)
        case .hardLink(let path, let name):
            packet.append("hardlink@openssh.com".utf8)
            packet.append(path.bytes)
            packet.append(name.bytes)
        case .synchronize(let handle):
            packet.append("fsync@openssh.com".utf8)
            packet.append(handle.bytes)
        case .limits: packet.append("limits@openssh.com".utf8)
        case .fileSystem(let path):
            packet.append("statvfs@openssh.com".utf8)
            packet.append(path.bytes)
        }
        return packet.finished()
    }

    private var type: UInt8 {
        switch self {
        case .open: 3
        case .close: 4
        case .read: 5
        case .linkStatus: 7
        case .handleStatus: 8
        case .setStatus: 9
        case .setHandleStatus: 10
        case .openFolder: 11
        case .readFolder: 12
        case .remove: 13
        case .makeFolder: 14
        case .removeFolder: 15
        case .realPath: 16
        case .status: 17
        case .rename: 18
        case .readLink: 19
        case .symbolicLink: 20
        case .replace, .hardLink, .synchronize, .limits, .fileSystem: 200
        }
    }

    /// The packet that opens a session: version 3.
    static var initialization: [UInt8] {
        var packet = PacketWriter(type: 1)
        packet.append(UInt32(3))
        return packet.finished()
    }

    /// All of a WRITE but its data, which follows it in the stream.
    static func writeHeader(
        id: UInt32, _ handle: Handle, offset: Int64, length: Int
    ) -> [UInt8] {
        var packet = PacketWriter(type: 6, capacity: 32 + handle.bytes.count)
        packet.append(id)
        packet.append(handle.bytes)
        packet.append(UInt64(bitPattern: offset))
        packet.append(UInt32(truncatingIfNeeded: length))
        return packet.finished(payload: length)
    }
}

/// What a server calls an open file or folder: opaque, at most 256 bytes.
struct Handle: Hashable, Sendable {
    let bytes: [UInt8]
}

/// A path on a server, as bytes.
package struct RemotePath: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    package func appending(_ name: [UInt8]) -> RemotePath {
        guard !bytes.isEmpty else { return RemotePath(bytes: name) }
        let slash = bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        return RemotePath(bytes: bytes + slash + name)
    }

    /// The folder that holds it.
    package var parent: RemotePath {
        let trimmed = bytes.last == UInt8(ascii: "/") ? bytes.dropLast() : bytes[...]
        guard let slash = trimmed.lastIndex(of: UInt8(ascii: "/")) else {
            return RemotePath(".")
        }
        return RemotePath(bytes: slash == 0 ? [UInt8(ascii: "/")] : Array(trimmed[..<slash]))
    }

    package func appending(_ name: String) -> RemotePath { appending(Array(name.utf8)) }

    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
