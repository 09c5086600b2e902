extension JSONText {
    /// Reads an object of strings and nulls as it is written here, keys sorted, without white space; nil for any other
    /// text, valid JSON or not. So what is read is known to be written as the same text again.
    package static func members(of text: String) -> [(key: String, value: String?)]? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = MemberReader(bytes)
            return reader.members()
        }
    }
}

private struct MemberReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func members() -> [(key: String, value: String?)]? {
        var members: [(key: String, value: String?)] = []
        guard take("{") else { return nil }
        if take("}") { return index == bytes.count ? members : nil }
        repeat {
            guard let key = string(), take(":") else { return nil }
            let isNull = takeNull()
            let value = isNull ? nil : string()
            guard isNull || value != nil else { return nil }
            if let last = members.last?.key, !last.utf8.lexicographicallyPrecedes(key.utf8) {
                return nil
            }
            members.append((key, value))
        } while take(",")
        return take("}") && index == bytes.count ? members : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func takeNull() -> Bool {
        guard bytes[index...].starts(with: "null".utf8) else { return false }
        index += 4
        return true
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = index
        var hasEscapes = false
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] >= 0x20, bytes[index] != 0x7F else { return nil }
            if bytes[index] == UInt8(ascii: "\\") {
                hasEscapes = true
                // What is escaped is not the end.
                index += 1
            }
            index += 1
        }
        guard index < bytes.count else { return nil }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<index])
        index += 1
        let text = String(decoding: content, as: UTF8.self)
        guard hasEscapes else { return text }
        // Only names with quotes or control characters get here.
        guard let value = JSONText.unescaped(text),
            JSONText.quoted(value) == "\"\(text)\""
        else { return nil }
        return value
    }
}

extension JSONText {
    /// What an escaped text stands for; nil for an escape that is not written here.
    fileprivate static func unescaped(_ text: String) -> String? {
        var value = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                value.unicodeScalars.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\"": value += "\""
            case "\\": value += "\\"
            case "n": value += "\n"
            case "r": value += "\r"
            case "t": value += "\t"
            case "u":
                let digits = String(String.UnicodeScalarView(rest.prefix(4)))
                guard let code = UInt32(digits, radix: 16), let character = Unicode.Scalar(code)
                else { return nil }
                value.unicodeScalars.append(character)
                rest = rest.dropFirst(4)
            default: return nil
            }
        }
        return value
    }
}
