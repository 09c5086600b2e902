import Texts

/// Private keys, by the forms in which they are kept.
enum KeyForms {
    /// "-----BEGIN … PRIVATE KEY-----" (RFC 7468 and before it, RFC 4716, PGP), and behind it lines of base64,
    /// however they are indented, quoted or escaped: the words alone stand in many programs.
    static func pem(_ bytes: Bytes) -> Int {
        let line = bytes.prefix(90).prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0x5C }
        let text = line.text
        let ends = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PRIVATE KEY ----"]
        guard let end = ends.lazy.compactMap({ text.firstRange(of: $0) }).first else { return 0 }
        let length = text[..<end.upperBound].utf8.count
        return hasKey(bytes.dropFirst(length).prefix(4096)) ? length : 0
    }

    /// Lines of headers (`Proc-Type: 4,ENCRYPTED`) may come first.
    private static func hasKey(_ bytes: Bytes) -> Bool {
        var rest = bytes
        for _ in 0..<12 {
            rest = skippingLayout(rest)
            let run = rest.prefix { Alphabet.base64.has($0) }
            if run.count >= 30 { return run.contains(where: \.isUpper) && Set(run).count >= 12 }
            // Else only a header, or a checksum, is passed over.
            let line = rest.prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0x5C }
            guard line.contains(0x3A), line.count < 200, line.first?.isLetter == true,
                !line.contains(0x28), !line.contains(0x29)
            else { return false }
            rest = rest.dropFirst(line.count)
        }
        return false
    }

    /// Passes over line ends, also those of a string in a program, in JSON or in an address, with what stands
    /// around the lines of a key.
    private static func skippingLayout(_ bytes: Bytes) -> Bytes {
        var rest = bytes
        while let first = rest.first {
            if let escape = escapes.first(where: { rest.starts(with: $0) }) {
                rest = rest.dropFirst(escape.count)
            } else if [0x0A, 0x0D, 0x20, 0x09, 0x22, 0x27, 0x5C, 0x23, 0x2A, 0x2C, 0x7C, 0x3E]
                .contains(first)
                || first == 0x2B && [0x20, 0x0A, 0x0D, 0x22].contains(rest.dropFirst().first)
            {
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        return rest
    }

    private static let escapes = [
        "\\n", "\\r", "\\t", "\\u000a", "\\u000d", "\\u000A", "\\u000D", "%0A", "%0a", "%0D", "%0d",
        "&#10;", "&#xA;", "&#13;", "&#xD;",
    ].map { Array($0.utf8) }

    /// A file of PuTTY's.
    static func putty(_ bytes: Bytes) -> Int {
        let head = bytes.prefix(4096).text
        guard let lines = head.firstRange(of: "Private-Lines:") else { return 0 }
        return head[..<lines.lowerBound].utf8.count
    }

    /// The name of a binary form; nil where the bytes begin with none of them.
    ///
    /// - Parameter size: of the whole; nil where it is not known. A structure that does not end where the file
    ///   does is none.
    static func binary(_ bytes: some Collection<UInt8>, size: Int?) -> String? {
        let head = Array(bytes.prefix(80))
        if head.starts(with: [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0]) { return "Java key store" }
        if head.starts(with: [0xCE, 0xCE, 0xCE, 0xCE, 0, 0, 0]) { return "Java key store" }
        if head.starts(with: [0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5]) {
            return "KeePass store"
        }
        return der(head, size: size)
    }

    /// DER (X.690): PKCS#1, PKCS#8 plain and encrypted (RFC 5208), SEC1 (RFC 5915), PKCS#12 (RFC 7292).
    private static func der(_ head: [UInt8], size: Int?) -> String? {
        guard let (length, content) = sequence(head[...]) else { return nil }
        if let size, abs(size - (head.count - content.count + length)) > 2 { return nil }
        if content.starts(with: [0x02, 0x01, 0x03, 0x30]), has(pkcs7, head) {
            return "PKCS#12 store"
        }
        if content.starts(with: [0x02, 0x01, 0x00, 0x02]), length > 200 {
            return "RSA private key"
        }
        if content.starts(with: [0x02, 0x01, 0x01, 0x04, 0x20])
            || content.starts(with: [0x02, 0x01, 0x01, 0x04, 0x30])
            || content.starts(with: [0x02, 0x01, 0x01, 0x04, 0x42])
        {
            return "EC private key"
        }
        let isVersioned =
            content.starts(with: [0x02, 0x01, 0x00]) || content.starts(with: [0x02, 0x01, 0x01])
        if isVersioned, let (_, algorithm) = sequence(content.dropFirst(3)), algorithm.first == 0x06
        {
            return "PKCS#8 private key"
        }
        if let (_, algorithm) = sequence(content), algorithm.first == 0x06,
            has([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05], head)
                || has([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01], head)
        {
            return "encrypted PKCS#8 private key"
        }
        return nil
    }

    private static let pkcs7: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]

    private static func has(_ wanted: [UInt8], _ head: [UInt8]) -> Bool {
        head.indices.contains { head[$0...].starts(with: wanted) }
    }

    /// The length and the content of a SEQUENCE.
    private static func sequence(_ bytes: ArraySlice<UInt8>) -> (Int, ArraySlice<UInt8>)? {
        guard bytes.first == 0x30, let first = bytes.dropFirst().first else { return nil }
        if first < 0x80 { return (Int(first), bytes.dropFirst(2)) }
        let count = Int(first & 0x7F)
        guard (1...3).contains(count), bytes.count > 2 + count else { return nil }
        let length = bytes.dropFirst(2).prefix(count).reduce(0) { $0 << 8 | Int($1) }
        return (length, bytes.dropFirst(2 + count))
    }
}
