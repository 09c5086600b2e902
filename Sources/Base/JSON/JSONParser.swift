/// Why a text is no JSON (RFC 8259).
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Bytes before the fault.
    package let offset: Int
    package let reason: String

    package var description: String { "it is not JSON at byte \(offset): \(reason)" }
}

extension JSONValue {
    /// Reads one document of UTF-8 with nothing but white space around it. Of members with one name the last counts.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        self = try Self.parse(Array(bytes))
    }

    package init(parsing text: String) throws(JSONError) { self = try Self.parse(Array(text.utf8)) }

    private static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        // A byte order mark may be passed over (RFC 8259, section 8.1).
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var parser = JSONParser(bytes: bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes)
        return try parser.document()
    }
}

private struct JSONParser {
    /// Values within values: no stack overflows of what a stranger sent.
    private static let deepest = 512

    private let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw fault("more follows") }
        return value
    }

    private func fault(_ reason: String) -> JSONError { JSONError(offset: index, reason: reason) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.deepest else { throw fault("too many values within values") }
        skipSpace()
        guard let byte = next else { throw fault("it ends early") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[index...].starts(with: text.utf8) else { throw fault("unexpected character") }
        index += text.utf8.count
        return value
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        index += 1
        var elements: [JSONValue] = []
        if take("]") { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw fault("\",\" or \"]\" expected") }
        return elements
    }

    private mutating func members(depth: Int) throws(JSONError) -> [String: JSONValue] {
        index += 1
        var members: [String: JSONValue] = [:]
        if take("}") { return members }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a name expected") }
            let name = try string()
            guard take(":") else { throw fault("\":\" expected") }
            members[name] = try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw fault("\",\" or \"}\" expected") }
        return members
    }

    /// At a quote.
    private mutating func string() throws(JSONError) -> String {
        index += 1
        var text = ""
        var start = index
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                text += try verbatim(from: start)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += try verbatim(from: start)
                index += 1
                text.unicodeScalars.append(try escaped())
                start = index
            case 0..<0x20: throw fault("a control character in a string")
            default: index += 1
            }
        }
        throw fault("it ends within a string")
    }

    private func verbatim(from start: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes[start..<index], as: UTF8.self) else {
            throw fault("it is not UTF-8")
        }
        return text
    }

    /// After a backslash.
    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        guard let byte = next else { throw fault("it ends within a string") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try numbered()
        default: throw fault("unknown escape")
        }
    }

    /// After `\u`. A character beyond 16 bits is a pair of them.
    private mutating func numbered() throws(JSONError) -> Unicode.Scalar {
        let high = try unit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, bytes[index...].starts(with: "\\u".utf8) else {
            throw fault("half of a pair of escapes")
        }
        index += 2
        let low = try unit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault("half of a pair of escapes") }
        return scalar
    }

    private mutating func unit() throws(JSONError) -> UInt32 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4,
            digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits expected") }
        index += 4
        return unit
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        let isZero = next == UInt8(ascii: "0")
        let whole = index
        guard digits() else { throw fault("unexpected character") }
        guard !isZero || index == whole + 1 else { throw fault("a number begins with 0") }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            guard digits() else { throw fault("a digit expected") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            guard digits() else { throw fault("a digit expected") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw fault("a number too large") }
        return .double(value)
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        return index > start
    }
}
