/// What a server can do beyond the protocol, and how much at once. Nothing of it is required.
package struct Capabilities: Hashable, Sendable {
    /// Names of extensions whose version we know.
    package private(set) var extensions: Set<String>
    /// Bytes of data in one WRITE. The protocol promises no more than 32 KiB.
    package var writeLength = 32_768
    /// Bytes of data asked for by one READ.
    package var readLength = 32_768
    /// Files open at once, here and there; the protocol does not say, so it stays small.
    package var openFiles = 64

    // Versions as OpenSSH's PROTOCOL file gives them.
    private static let known = [
        "posix-rename@openssh.com": "1", "hardlink@openssh.com": "1", "fsync@openssh.com": "1",
        "limits@openssh.com": "1", "statvfs@openssh.com": "2",
    ]

    init(extensions: [String: String] = [:]) {
        self.extensions = Set(extensions.filter { Self.known[$0.key] == $0.value }.keys)
    }

    /// A rename that replaces what has the name.
    package var canReplace: Bool { extensions.contains("posix-rename@openssh.com") }
    package var canHardLink: Bool { extensions.contains("hardlink@openssh.com") }
    package var canSynchronize: Bool { extensions.contains("fsync@openssh.com") }
    package var canTellRoom: Bool { extensions.contains("statvfs@openssh.com") }
    var hasLimits: Bool { extensions.contains("limits@openssh.com") }

    /// Takes over what `limits@openssh.com` answered: the longest packet, READ and WRITE, and the number
    /// of handles; 0 stands for no limit.
    mutating func take(limits reply: ArraySlice<UInt8>) throws(ProtocolViolation) {
        var reader = PacketReader(reply)
        let packet = try reader.uint64()
        let read = try reader.uint64()
        let write = try reader.uint64()
        let handles = try reader.uint64()
        // More than 256 KiB a packet gains nothing, and a server may lie about what it can take.
        let most: UInt64 = 261_120
        readLength = Self.length(read, packet, most)
        writeLength = Self.length(write, packet, most)
        openFiles = handles == 0 ? 64 : Int(clamping: max(4, min(handles / 2, 64)))
    }

    private static func length(_ limit: UInt64, _ packet: UInt64, _ most: UInt64) -> Int {
        let limit = limit == 0 ? most : limit
        let room = packet > 2048 ? packet - 1024 : most
        return Int(clamping: max(4096, min(limit, room, most)))
    }
}
