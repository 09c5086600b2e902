/// A header of a tar archive: ustar with the extensions of pax and GNU
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, tar(5)).
struct TarHeader {
    static let size = 512

    let name: String
    let bytes: Int64
    let kind: UInt8

    /// nil where the block is no header: its sum does not agree.
    init?(_ block: UnsafeRawBufferPointer) {
        guard block.count == Self.size else { return nil }
        var sum = 0
        for (index, byte) in block.enumerated() {
            sum += (148..<156).contains(index) ? 0x20 : Int(byte)
        }
        guard Self.number(block[148..<156]) == Int64(sum) else { return nil }
        guard let bytes = Self.number(block[124..<136]), bytes >= 0 else { return nil }
        self.bytes = bytes
        kind = block[156]
        let name = Self.text(block[0..<100])
        let isUstar = Self.text(block[257..<262]) == "ustar"
        let prefix = isUstar && block[262] == 0 ? Self.text(block[345..<500]) : ""
        self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or with the first bit set a binary number (GNU).
    private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int64? {
        guard let first = bytes.first else { return nil }
        if first & 0x80 != 0 {
            var value: Int64 = Int64(first & 0x7F)
            for byte in bytes.dropFirst() {
                let (shifted, isMore) = value.multipliedReportingOverflow(by: 256)
                guard !isMore else { return nil }
                value = shifted | Int64(byte)
            }
            return value
        }
        let digits = bytes.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x37).contains(digit), value < 1 << 56 else { return nil }
            value = value * 8 + Int64(digit - 0x30)
        }
        return value
    }
}
