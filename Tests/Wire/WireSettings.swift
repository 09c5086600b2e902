/// What the line does to the bytes on it.
struct WireSettings {
    var listen: UInt16 = 0
    var target: UInt16 = 0
    /// Nanoseconds that each byte takes one way.
    var delay: Int64 = 0
    /// Bytes from the client after which a connection is reset, silently loses what follows, or stops.
    /// Each new connection counts again.
    var resetAfter = Int64.max
    var vanishAfter = Int64.max
    var stallAfter = Int64.max
    /// A file that is given the bytes in each direction: `up DOWN`.
    var countFile: String?

    init(_ words: [String]) throws {
        var words = words[...]
        while let name = words.popFirst() {
            guard let value = words.popFirst() else { throw Complaint("\(name) has no value") }
            switch name {
            case "--listen": listen = try Self.number(name, value)
            case "--to": target = try Self.number(name, value)
            case "--delay-ms":
                guard let milliseconds = Double(value), milliseconds >= 0 else {
                    throw Complaint("\(name) \(value) is no time")
                }
                delay = Int64(milliseconds * 1e6)
            case "--reset-after": resetAfter = try Self.number(name, value)
            case "--vanish-after": vanishAfter = try Self.number(name, value)
            case "--stall-after": stallAfter = try Self.number(name, value)
            case "--count": countFile = value
            default: throw Complaint("unknown option \(name)")
            }
        }
        guard target != 0 else { throw Complaint("--to PORT is missing") }
    }

    private static func number<Number: FixedWidthInteger>(
        _ name: String, _ text: String
    ) throws -> Number {
        guard let number = Number(text) else { throw Complaint("\(name) \(text) is no number") }
        return number
    }
}

struct Complaint: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
