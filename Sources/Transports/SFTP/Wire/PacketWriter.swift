/// Builds one packet of the protocol: a length, a type, and fields, all in network byte order
/// (draft-ietf-secsh-filexfer-02, sections 3 and 4).
struct PacketWriter {
    private(set) var bytes: [UInt8]

    init(type: UInt8, capacity: Int = 64) {
        bytes = []
        bytes.reserveCapacity(capacity)
        bytes += [0, 0, 0, 0, type]
    }

    mutating func append(_ number: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ number: UInt64) {
        append(UInt32(truncatingIfNeeded: number >> 32))
        append(UInt32(truncatingIfNeeded: number))
    }

    mutating func append(_ string: some Collection<UInt8>) {
        append(UInt32(truncatingIfNeeded: string.count))
        bytes += string
    }

    mutating func append(_ attributes: FileAttributes) {
        append(attributes.flags)
        if let size = attributes.size { append(UInt64(bitPattern: size)) }
        if let owner = attributes.owner {
            append(owner.user)
            append(owner.group)
        }
        if let permissions = attributes.permissions { append(permissions) }
        if let times = attributes.times {
            append(times.accessed)
            append(times.modified)
        }
    }

    /// The packet with its length filled in. `payload` bytes follow that are not part of `bytes`.
    func finished(payload: Int = 0) -> [UInt8] {
        var packet = bytes
        let length = UInt32(truncatingIfNeeded: bytes.count - 4 + payload)
        for (place, shift) in ([24, 16, 8, 0] as [UInt32]).enumerated() {
            packet[place] = UInt8(truncatingIfNeeded: length >> shift)
        }
        return packet
    }
}
