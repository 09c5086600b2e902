/// Reads the fields of one packet. Whatever a server sends, it reads no byte beyond the packet.
struct PacketReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// `bytes` is what follows the length of the packet.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func byte() throws(ProtocolViolation) -> UInt8 {
        guard position < bytes.endIndex else { throw ProtocolViolation("a packet ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func uint32() throws(ProtocolViolation) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 { number = number << 8 | UInt32(try byte()) }
        return number
    }

    mutating func uint64() throws(ProtocolViolation) -> UInt64 {
        let high = UInt64(try uint32())
        return high << 32 | UInt64(try uint32())
    }

    mutating func string() throws(ProtocolViolation) -> ArraySlice<UInt8> {
        let length = Int(try uint32())
        guard length <= bytes.endIndex - position else {
            throw ProtocolViolation("a string is longer than its packet")
        }
        defer { position += length }
        return bytes[position..<(position + length)]
    }

    mutating func attributes() throws(ProtocolViolation) -> FileAttributes {
        let flags = try uint32()
        var attributes = FileAttributes()
        if flags & FileAttributes.hasSize != 0 {
            attributes.size = Int64(clamping: try uint64())
        }
        if flags & FileAttributes.hasOwner != 0 {
            let user = try uint32()
            attributes.owner = .init(user: user, group: try uint32())
        }
        if flags & FileAttributes.hasPermissions != 0 { attributes.permissions = try uint32() }
        if flags & FileAttributes.hasTimes != 0 {
            let accessed = try uint32()
            attributes.times = .init(accessed: accessed, modified: try uint32())
        }
        if flags & FileAttributes.isExtended != 0 {
            for _ in 0..<(try uint32()) {
                _ = try string()
                _ = try string()
            }
        }
        return attributes
    }
}

/// A server said something that the protocol does not allow; nothing it says is believed any more.
struct ProtocolViolation: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
