/// Names that differ only in case: two files on EFS, one for a copy on Windows or macOS.
struct CaseCollisions {
    private var count = 0
    private var first: (String, String)?

    /// Looks at the names in one folder.
    mutating func look(at names: [String], in folder: String) {
        // Of twins, at least one has a capital; most folders have none, and need no set.
        guard names.contains(where: { $0.utf8.contains(where: Self.mayBeCapital) }) else { return }
        var known: [String: String] = [:]
        known.reserveCapacity(names.count)
        for name in names {
            guard let other = known.updateValue(name, forKey: name.lowercased()) else { continue }
            count += 1
            first = first ?? ("\(folder)/\(other)", "\(folder)/\(name)")
        }
    }

    private static func mayBeCapital(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte >= 0x80
    }

    var notes: [String] {
        guard let first else { return [] }
        return [
            "\(count) \(count == 1 ? "name differs" : "names differ") from another only in case, such "
                + "as \"\(first.0)\" and \"\(first.1)\": two files there, one for a copy on Windows "
                + "or macOS"
        ]
    }
}
