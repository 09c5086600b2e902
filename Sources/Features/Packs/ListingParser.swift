/// Reads what unsquashfs says of a pack. Neither of its two listings is enough alone: in the long one a
/// line break in a name looks like the end of an entry; in the pseudo-file names are escaped, but the
/// targets of links are not. Read side by side, the pseudo-file gives each name, and the long listing
/// the length of each target, so that no name can pass for another entry.
struct ListingParser {
    struct Record: Hashable {
        let entry: PackEntry
        /// Where the content of a file begins in the data that follows the pseudo-file.
        let offset: Int64?
    }

    /// The listings do not fit each other.
    struct Malformed: Error, Hashable {}

    private let pseudo: [UInt8]
    private let long: [UInt8]
    private var at = 0
    private var longAt = 0
    /// All but folders, by path.
    private var files: [[UInt8]: Record] = [:]

    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let root = Array("squashfs-root".utf8)

    private init(pseudo: [UInt8], long: [UInt8]) {
        self.pseudo = pseudo
        self.long = long
    }

    /// - Parameters:
    ///   - pseudo: of `-pf`, without the data.
    ///   - long: of `-lln`.
    static func records(pseudo: [UInt8], long: [UInt8]) throws(Malformed) -> [Record] {
        var parser = ListingParser(pseudo: pseudo, long: long)
        var records: [Record] = []
        while parser.at < pseudo.count {
            if let record = try parser.record() { records.append(record) }
        }
        guard parser.longAt == long.count else { throw Malformed() }
        return records
    }

    /// Nil for the root.
    private mutating func record() throws(Malformed) -> Record? {
        let name = try unescaped(until: Self.space)
        let path = name == [UInt8(ascii: "/")] ? [] : name
        switch try unescaped(until: Self.space) {
        case [UInt8(ascii: "D")]:
            let folder = PackEntry(path: path, mode: try mode(of: try fields(4)), kind: .folder)
            try longEntry(path, isLink: false)
            return path.isEmpty ? nil : known(folder, offset: nil)
        case [UInt8(ascii: "R")]:
            let fields = try fields(6)
            let bytes = try longEntry(path, isLink: false)
            guard let bytes, Int64(fields[4]) == bytes, let offset = Int64(fields[5]) else {
                throw Malformed()
            }
            let kind = PackEntry.Kind.file(bytes: bytes)
            return known(
                PackEntry(path: path, mode: try mode(of: fields), kind: kind), offset: offset)
        case [UInt8(ascii: "S")]:
            var fields: [String] = []
            for _ in 0..<4 {
                fields.append(String(decoding: try unescaped(until: Self.space), as: UTF8.self))
            }
            let target = try target(length: try longEntry(path, isLink: true))
            return known(
                PackEntry(path: path, mode: try mode(of: fields), kind: .link(target: target)),
                offset: nil)
        case [UInt8(ascii: "L")]:
            // One more name of a file that came before.
            let first = try unescaped(until: Self.newline)
            guard let file = files[first] else { throw Malformed() }
            try longEntry(path, isLink: false)
            return Record(
                entry: PackEntry(path: path, mode: file.entry.mode, kind: file.entry.kind),
                offset: file.offset)
        default:
            let entry = PackEntry(path: path, mode: try mode(of: try fields(4)), kind: .other)
            try longEntry(path, isLink: false)
            return known(entry, offset: nil)
        }
    }

    private mutating func known(_ entry: PackEntry, offset: Int64?) -> Record {
        let record = Record(entry: entry, offset: offset)
        if case .folder = entry.kind { return record }
        files[entry.path] = record
        return record
    }

    /// Up to `end`, a backslash taking the next byte as it is.
    private mutating func unescaped(until end: UInt8) throws(Malformed) -> [UInt8] {
        var bytes: [UInt8] = []
        while at < pseudo.count {
            var byte = pseudo[at]
            at += 1
            if byte == end { return bytes }
            if byte == UInt8(ascii: "\\") {
                guard at < pseudo.count else { break }
                byte = pseudo[at]
                at += 1
            }
            bytes.append(byte)
        }
        throw Malformed()
    }

    /// The rest of the line, at least `count` words. Later versions write more of them.
    private mutating func fields(_ count: Int) throws(Malformed) -> [String] {
        let end = pseudo[at...].firstIndex(of: Self.newline) ?? pseudo.count
        let words = pseudo[at..<end].split(separator: Self.space)
        at = min(end + 1, pseudo.count)
        guard words.count >= count else { throw Malformed() }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    // Time, mode, user, group.
    private func mode(of fields: [String]) throws(Malformed) -> UInt32 {
        guard let mode = UInt32(fields[1], radix: 8) else { throw Malformed() }
        return mode
    }

    private mutating func target(length: Int64?) throws(Malformed) -> [UInt8] {
        guard let length, length >= 0, length <= pseudo.count - at, length <= long.count - longAt
        else {
            throw Malformed()
        }
        let target = pseudo[at..<(at + Int(length))]
        guard long[longAt..<(longAt + Int(length))] == target else { throw Malformed() }
        at += Int(length)
        longAt += Int(length)
        guard at < pseudo.count, pseudo[at] == Self.newline else { throw Malformed() }
        at += 1
        try skipLong([Self.newline])
        return Array(target)
    }

    /// Takes the entry of a path: `-rw-r--r-- 0/0  6 1970-01-01 00:00 squashfs-root/a`; of a link all that
    /// comes before its target. Returns its size, nil for a device.
    @discardableResult
    private mutating func longEntry(_ path: [UInt8], isLink: Bool) throws(Malformed) -> Int64? {
        var words: [ArraySlice<UInt8>] = []
        while words.count < 8 {
            while longAt < long.count, long[longAt] == Self.space { longAt += 1 }
            if long[longAt...].starts(with: Self.root) { break }
            guard let end = long[longAt...].firstIndex(of: Self.space) else { throw Malformed() }
            words.append(long[longAt..<end])
            longAt = end
        }
        try skipLong(Self.root)
        if !path.isEmpty { try skipLong([UInt8(ascii: "/")] + path) }
        try skipLong(isLink ? Array(" -> ".utf8) : [Self.newline])
        return words.count == 5 ? Int64(String(decoding: words[2], as: UTF8.self)) : nil
    }

    private mutating func skipLong(_ bytes: [UInt8]) throws(Malformed) {
        guard long[longAt...].starts(with: bytes) else { throw Malformed() }
        longAt += bytes.count
    }
}
