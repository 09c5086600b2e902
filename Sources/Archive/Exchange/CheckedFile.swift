import Digests
import JSON

/// The small files of an archive that are no segments: a JSON object whose member `check` stands for the others, so that what was
/// altered is noticed.
enum CheckedFile {
    private static let member = "check"

    static func bytes(_ members: JSONValue) -> [UInt8] {
        var value = members
        value[member] = nil
        value[member] = .string(String(Digest.of(value.text).hex.prefix(16)))
        return Array((value.text + "\n").utf8)
    }

    /// Whether it ends before its end, as one that a kill has left where a file is visible while it is written.
    static func isCut(_ bytes: [UInt8]) -> Bool { bytes.last != UInt8(ascii: "\n") }

    /// What it says; nil where it is not as it was written.
    static func value(_ bytes: [UInt8]) -> JSONValue? {
        let value = try? JSONValue(parsing: bytes)  // try?: it is not as it was written
        guard let value, value.object != nil, Self.bytes(value) == bytes else { return nil }
        return value
    }
}
