/// Cuts a stream of bytes into packets.
struct PacketSplitter {
    // Servers answer a READ with what was asked for, at most 256 KiB here, and a READDIR with some hundred
    // names. A longer packet is a fault, or no SFTP at all: "Welcome to…" reads as 1.4 GB.
    static let limit = 4 << 20

    private var buffer: [UInt8] = []
    private var start = 0

    /// Takes what arrived and hands out each whole packet, without its length. The slice is valid in
    /// the call only.
    mutating func receive(
        _ bytes: [UInt8], _ handle: (ArraySlice<UInt8>) throws(ProtocolViolation) -> Void
    ) throws(ProtocolViolation) {
        if start == buffer.count {
            buffer = bytes
            start = 0
        } else {
            buffer += bytes
        }
        while buffer.count - start >= 4 {
            var length = 0
            for byte in buffer[start..<(start + 4)] { length = length << 8 | Int(byte) }
            guard length >= 1, length <= Self.limit else {
                throw ProtocolViolation(text(length))
            }
            guard buffer.count - start - 4 >= length else { break }
            let packet = (start + 4)..<(start + 4 + length)
            start = packet.upperBound
            try handle(buffer[packet])
        }
        if start > 1 << 18, start < buffer.count {
            buffer.removeSubrange(..<start)
            start = 0
        }
    }

    // A login script that prints is the usual reason, so what came is worth showing.
    private func text(_ length: Int) -> String {
        let beginning = buffer[start...].prefix(40)
        let isText = beginning.allSatisfy {
            (0x20..<0x7F).contains($0) || [9, 10, 13].contains($0)
        }
        guard isText else { return "a packet of \(length) bytes is longer than any can be" }
        return
            "it sent text where a packet should be (\"\(String(decoding: beginning, as: UTF8.self))\"): "
            + "a login script that prints something breaks SFTP"
    }
}
