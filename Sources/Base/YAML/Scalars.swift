/// Typed readings of scalars by the core schema of YAML 1.2.2, section 10.3.2. Each is `nil` when
/// the node is of another type; a quoted scalar is a string and nothing else.
extension Node {
    /// The text of a scalar, whatever its type: `1.0` stays `1.0`.
    package var text: String? {
        if case .scalar(let text, _) = kind { text } else { nil }
    }

    /// The text of a scalar that is not null. Numbers and booleans keep the text they were
    /// written as, so that `tag: 1.10` can be read as a string.
    package var string: String? { isNull ? nil : text }

    /// `null`, `Null`, `NULL`, `~`, or nothing at all.
    package var isNull: Bool {
        switch plain {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }

    package var bool: Bool? {
        switch plain {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// Decimal with an optional sign, `0x` hexadecimal or `0o` octal; `nil` beyond 64 bits.
    package var int: Int? {
        guard let plain else { return nil }
        if plain.hasPrefix("0x") { return Int.unsigned(plain.dropFirst(2), radix: 16) }
        if plain.hasPrefix("0o") { return Int.unsigned(plain.dropFirst(2), radix: 8) }
        return Int(plain)
    }

    /// A decimal number, an integer in any form, `.inf` or `.nan`.
    package var double: Double? {
        guard let plain else { return nil }
        switch plain {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        if let int { return Double(int) }
        // `Double(_:)` also takes forms that YAML does not know, such as `0x1p3`, `inf` and `nan`.
        guard plain.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            plain.utf8.contains(where: { (0x30...0x39).contains($0) })
        else { return nil }
        return Double(plain)
    }

    private var plain: String? {
        if case .scalar(let text, .plain) = kind { text } else { nil }
    }
}

extension Int {
    /// `Int(_:radix:)` takes a sign, which may not stand behind a prefix.
    fileprivate static func unsigned(_ digits: Substring, radix: Int) -> Int? {
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        return Int(digits, radix: radix)
    }
}
