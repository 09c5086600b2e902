/// The members of a zip archive: wheels, jars, eggs and documents of offices are ones too (APPNOTE.TXT of
/// PKWARE, with the 64-bit forms).
struct ZipReader {
    struct Member {
        let name: String
        let isDirectory: Bool
        let isEncrypted: Bool
        let method: Int
        let packed: Int
        let header: Int
    }

    private let spool: Spool
    let members: [Member]

    /// - Throws: `ArchiveFailure` where there is no list of members, as in a truncated file.
    init(_ spool: Spool) throws {
        self.spool = spool
        let tailStart = max(0, spool.count - (66 << 10))
        let tail = try spool.read(from: tailStart, limit: 66 << 10)
        var end: Int?
        for at in stride(from: tail.count - 22, through: 0, by: -1)
        where tail[at] == 0x50 && tail[at...].starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            end = at
            break
        }
        guard let end else { throw ArchiveFailure("its list of members is missing") }
        var size = Self.number(tail, end + 12, 4)
        var start = Self.number(tail, end + 16, 4)
        // What stands before the archive, as a program that unpacks it, counts in no offset.
        var shift = tailStart + end - size - start
        if end >= 20, tail[(end - 20)...].starts(with: [0x50, 0x4B, 0x06, 0x07]) {
            let at = Self.number(tail, end - 12, 8)
            let wide = try spool.read(from: at, limit: 56)
            guard wide.count == 56, wide.starts(with: [0x50, 0x4B, 0x06, 0x06]) else {
                throw ArchiveFailure("its list of members is damaged")
            }
            (size, start, shift) = (Self.number(wide, 40, 8), Self.number(wide, 48, 8), 0)
        }
        guard shift >= 0, size >= 0, start >= 0, size <= 1 << 28 else {
            throw ArchiveFailure("its list of members is damaged")
        }
        let list = try spool.read(from: start + shift, limit: size)
        guard list.count == size else { throw ArchiveFailure("its list of members is cut") }
        members = try Self.members(list, shift)
    }

    private static func members(_ list: [UInt8], _ shift: Int) throws -> [Member] {
        var found: [Member] = []
        var at = 0
        while at + 46 <= list.count {
            guard list[at...].starts(with: [0x50, 0x4B, 0x01, 0x02]) else { break }
            let (nameSize, extraSize) = (number(list, at + 28, 2), number(list, at + 30, 2))
            let next = at + 46 + nameSize + extraSize + number(list, at + 32, 2)
            guard next <= list.count else { throw ArchiveFailure("its list of members is damaged") }
            let name = list[(at + 46)..<(at + 46 + nameSize)].text
            var packed = number(list, at + 20, 4)
            var header = number(list, at + 42, 4)
            let isWide = number(list, at + 24, 4) == 0xFFFF_FFFF
            var extra = at + 46 + nameSize
            while extra + 4 <= at + 46 + nameSize + extraSize {
                let size = number(list, extra + 2, 2)
                if number(list, extra, 2) == 1 {
                    var field = extra + 4 + (isWide ? 8 : 0)
                    if packed == 0xFFFF_FFFF, field + 8 <= list.count {
                        packed = number(list, field, 8)
                        field += 8
                    }
                    if header == 0xFFFF_FFFF, field + 8 <= list.count {
                        header = number(list, field, 8)
                    }
                }
                extra += 4 + size
            }
            found.append(
                Member(
                    name: name, isDirectory: name.hasSuffix("/"),
                    isEncrypted: list[at + 8] & 1 != 0, method: number(list, at + 10, 2),
                    packed: packed, header: min(header, .max - shift) + shift))
            at = next
        }
        return found
    }

    func content(of member: Member) throws -> any ByteSource {
        guard !member.isEncrypted else { throw ArchiveFailure("\(member.name) is encrypted") }
        let header = try spool.read(from: member.header, limit: 30)
        guard header.count == 30, header.starts(with: [0x50, 0x4B, 0x03, 0x04]) else {
            throw ArchiveFailure("\(member.name) is damaged")
        }
        let start = member.header + 30 + Self.number(header, 26, 2) + Self.number(header, 28, 2)
        guard member.packed <= spool.count - start else { throw ArchiveFailure("it is cut") }
        let packed = spool.source(from: start, count: member.packed)
        switch member.method {
        case 0: return packed
        case 8: return try InflateSource(packed, isGzip: false)
        default: throw ArchiveFailure("\(member.name) is packed by method \(member.method)")
        }
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        guard at >= 0, at + count <= bytes.count else { return 0 }
        let value = bytes[at..<(at + count)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(clamping: value)
    }
}
