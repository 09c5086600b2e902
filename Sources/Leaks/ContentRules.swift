import Posix

/// Credentials by the form that their makers give them, found in bytes.
///
/// Sources of the forms: AWS (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html),
/// PEM (RFC 7468), GitHub (https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/),
/// GitLab (https://docs.gitlab.com/security/tokens/), Slack (https://api.slack.com/concepts/token-types).
enum ContentRules {
    struct Match: Hashable {
        let rule: LeakRule
        let offset: Int
        let length: Int
    }

    private struct Form {
        let rule: LeakRule
        /// What it starts with: looked for first, since that is quick.
        let start: [UInt8]
        /// How many bytes of it there are, from its start; 0 for none.
        let length: @Sendable (Slice<UnsafeRawBufferPointer>) -> Int
    }

    /// As many bytes as a form needs to be recognised: what follows a chunk has to be seen as well.
    static let overlap = 256

    private static let forms: [Form] =
        ["AKIA", "ASIA"].map { start in
            Form(rule: .accessKey, start: Array(start.utf8)) { bytes in
                let key = bytes.prefix(20)
                guard key.count == 20, key.allSatisfy({ isUpper($0) || isDigit($0) }),
                    !bytes.dropFirst(20).prefix(1).contains(where: isWord),
                    // The keys of AWS's own documentation.
                    !key.elementsEqual("AKIAIOSFODNN7EXAMPLE".utf8),
                    !key.elementsEqual("AKIAI44QH8DHBEXAMPLE".utf8)
                else { return 0 }
                return 20
            }
        } + [
            Form(rule: .privateKey, start: Array("-----BEGIN ".utf8)) { bytes in
                privateKey(bytes)
            },
            Form(rule: .secretKey, start: Array("aws_secret_access_key".utf8)) { bytes in
                assigned(bytes.dropFirst(21), length: 40)
            },
            Form(rule: .secretKey, start: Array("AWS_SECRET_ACCESS_KEY".utf8)) { bytes in
                assigned(bytes.dropFirst(21), length: 40)
            },
        ]
        + [("ghp_", 36), ("gho_", 36), ("ghs_", 36), ("github_pat_", 59), ("glpat-", 20)].map {
            start, count in
            Form(rule: .token, start: Array(start.utf8)) { bytes in
                let rest = bytes.dropFirst(start.utf8.count).prefix(count)
                return rest.count == count && rest.allSatisfy { isWord($0) || $0 == 0x2D }
                    ? start.utf8.count + count : 0
            }
        }
        + ["xoxb-", "xoxp-"].map { start in
            Form(rule: .token, start: Array(start.utf8)) { bytes in
                let rest = bytes.dropFirst(5).prefix { isWord($0) || $0 == 0x2D }
                return rest.count >= 40 ? 5 + rest.count : 0
            }
        }

    /// All that is found in `bytes`, which begins a file or follows the last chunk; `isEnd` says that nothing
    /// comes after. Starts in the last `overlap` bytes before more are left for the next chunk.
    static func matches(in bytes: UnsafeRawBufferPointer, isEnd: Bool) -> [Match] {
        var found: [Match] = []
        let limit = isEnd ? bytes.count : max(0, bytes.count - overlap)
        for form in forms {
            var from = 0
            while from < limit, let at = ByteSearch.first(form.start, in: bytes, from: from),
                at < limit
            {
                from = at + 1
                // Part of a longer word is no start.
                if at > 0, form.rule != .privateKey, isWord(bytes[at - 1]) { continue }
                let length = form.length(bytes[at...])
                if length > 0 { found.append(Match(rule: form.rule, offset: at, length: length)) }
            }
        }
        return found
    }

    /// "-----BEGIN … PRIVATE KEY-----", and behind it lines of base64: the words alone stand in many
    /// programs.
    private static func privateKey(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        let head = bytes.prefix(80)
        let line = head.prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0x5C }
        let text = String(decoding: line, as: UTF8.self)
        guard let end = text.firstRange(of: "PRIVATE KEY-----") else { return 0 }
        let length = text[..<end.upperBound].utf8.count
        // Real line ends, or those of a string in a program or in JSON.
        var rest = bytes.dropFirst(length)
        while let first = rest.first, [0x0A, 0x0D, 0x5C, 0x6E, 0x72].contains(first) {
            rest = rest.dropFirst()
        }
        let key = rest.prefix { isWord($0) && $0 != 0x5F || $0 == 0x2B || $0 == 0x2F }
        return key.count >= 48 ? length : 0
    }

    /// A value of this length behind `=` or `:`.
    private static func assigned(_ bytes: Slice<UnsafeRawBufferPointer>, length: Int) -> Int {
        let between = bytes.prefix(8).prefix { " \t\"'=:>".utf8.contains($0) }
        guard between.contains(where: { $0 == 0x3D || $0 == 0x3A }) else { return 0 }
        let value = bytes.dropFirst(between.count).prefix(length)
        guard value.count == length,
            value.allSatisfy({ isWord($0) || $0 == 0x2B || $0 == 0x2F }),
            !bytes.dropFirst(between.count + length).prefix(1).contains(where: isWord),
            !value.elementsEqual("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8)
        else { return 0 }
        return 21 + between.count + length
    }

    private static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isWord(_ byte: UInt8) -> Bool {
        isUpper(byte) || isDigit(byte) || byte >= 0x61 && byte <= 0x7A || byte == 0x5F
    }
}
