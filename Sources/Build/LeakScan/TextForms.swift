import Digests
import Texts

/// Credentials that are recognised by what stands around them.
enum TextForms {
    /// A value of 40 characters behind a name of AWS's secret key: `NAME = value`, in any language.
    static func secretKey(_ bytes: Bytes, name: Int) -> Int {
        let after = bytes.dropFirst(name)
        let between = after.prefix(12).prefix { " \t\"'=:>,\\(".utf8.contains($0) }
        guard between.contains(where: { "=:>,(".utf8.contains($0) }) else { return 0 }
        let value = after.dropFirst(between.count).prefix(40)
        let next = after.dropFirst(between.count + 40).first
        guard value.count == 40, value.allSatisfy({ Alphabet.base64.has($0) }),
            next.map({ Alphabet.base64.has($0) || $0 == 0x5F || $0 == 0x3D }) != true,
            value.contains(where: \.isUpper), value.contains(where: \.isLower),
            value.contains(where: \.isDigit), !value.isPlaceholder
        else { return 0 }
        return name + between.count + 40
    }

    /// `scheme://user:password@host`; `at` is the position of `://`.
    static func urlPassword(_ window: UnsafeRawBufferPointer, at: Int) -> Int {
        var start = at
        while start > 0, at - start < 20,
            window[start - 1].isWord || window[start - 1] == 0x2B || window[start - 1] == 0x2D
        {
            start -= 1
        }
        guard at - start >= 2, window[start].isLetter else { return 0 }
        let rest = window[(at + 3)...].prefix(400)
        let user = rest.prefix { $0.isWord || ".%~+-".utf8.contains($0) }
        guard rest.dropFirst(user.count).first == 0x3A else { return 0 }
        let tail = rest.dropFirst(user.count + 1)
        let password = tail.prefix {
            $0 > 0x20 && $0 < 0x7F && !"/?#@\"'<>{}$()`,;\\[]|".utf8.contains($0)
        }
        guard password.count >= 3, tail.dropFirst(password.count).first == 0x40 else { return 0 }
        let host = tail.dropFirst(password.count + 1)
            .prefix { $0.isWord || $0 == 0x2E || $0 == 0x2D }
        guard !host.isEmpty, !isExample(password, user: user, host: host) else { return 0 }
        return at + 3 - start + user.count + 1 + password.count + 1 + host.count
    }

    private static func isExample(_ password: Bytes, user: Bytes, host: Bytes) -> Bool {
        let text = password.text.lowercased()
        let name = host.text.lowercased()
        if text == user.text.lowercased() || examples.contains(text) { return true }
        if text.contains("password") || text.contains("passwd") || text.contains("%s") {
            return true
        }
        if name == "host" || name == "hostname" || name.hasPrefix("example.")
            || name.contains(".example") || name.hasSuffix("example.com")
        {
            return true
        }
        return Set(password).count < 3 || text.contains("example") || text.contains("changeme")
    }

    private static let examples: Set = [
        "pass", "pwd", "pw", "secret", "test", "guest", "user", "root", "admin", "postgres",
        "mysql",
        "token", "xxx", "foo", "bar", "baz", "abc", "123", "passw0rd", "pswd", "p4ssw0rd", "your",
        "mypass", "userpass", "api", "key", "tiger", "redis",
    ]

    /// A JSON Web Token (RFC 7519) that is signed; not the one of jwt.io.
    static func webToken(_ bytes: Bytes) -> Int {
        let header = bytes.prefix(1024).prefix { Alphabet.base64URL.has($0) }
        var rest = bytes.dropFirst(header.count)
        guard header.count >= 17, rest.first == 0x2E else { return 0 }
        rest = rest.dropFirst()
        let payload = rest.prefix(4096).prefix { Alphabet.base64URL.has($0) }
        rest = rest.dropFirst(payload.count)
        guard payload.starts(with: "eyJ".utf8), payload.count > 12, rest.first == 0x2E else {
            return 0
        }
        let signature = rest.dropFirst().prefix { Alphabet.base64URL.has($0) }
        guard signature.count >= 20, let decoded = base64(header)?.text,
            decoded.contains("\"alg\""), !decoded.lowercased().contains("\"none\"")
        else { return 0 }
        let claims = base64(payload)?.text ?? ""
        if claims.contains("\"1234567890\"") || claims.contains("John Doe") { return 0 }
        return header.count + payload.count + signature.count + 2
    }

    /// nil for what is no base64.
    private static func base64(_ bytes: Bytes) -> [UInt8]? {
        var text = bytes.text.replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        return Base64.decode(text).map { [UInt8]($0) }
    }

    /// A client secret of Microsoft's: three characters, `8Q~`, and 31 to 34 more.
    static func azureSecret(_ window: UnsafeRawBufferPointer, at: Int) -> Int {
        func isPart(_ byte: UInt8) -> Bool { Alphabet.dotted.has(byte) || byte == 0x7E }
        guard at >= 3, window[(at - 3)..<at].allSatisfy(isPart) else { return 0 }
        let rest = window[(at + 3)...].prefix(40).prefix(while: isPart)
        return (31...34).contains(rest.count) ? 6 + rest.count : 0
    }

    /// OpenAI's older keys have these letters in their middle: `sk-`, 20, `T3BlbkFJ`, 20.
    static func openAI(_ window: UnsafeRawBufferPointer, at: Int) -> Int {
        let before = window[..<at].reversed().prefix { Alphabet.base64URL.has($0) }
        let after = window[(at + 8)...].prefix { Alphabet.base64URL.has($0) }
        guard before.count >= 23, after.count >= 20 else { return 0 }
        let start = Array(before.reversed())
        let prefix = Array("sk-".utf8)
        guard start.indices.contains(where: { start[$0...].starts(with: prefix) }) else { return 0 }
        return before.count + 8 + after.count
    }
}
