/// Reads the text of a pattern into its pieces, refusing what Docker refuses.
struct WildcardReader {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var index = 0

    static func tokens(of text: String) throws(DockerIgnoreError) -> [WildcardToken] {
        var reader = WildcardReader(text)
        return try reader.read()
    }

    private init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    private mutating func read() throws(DockerIgnoreError) -> [WildcardToken] {
        var tokens: [WildcardToken] = []
        while let scalar = take() {
            switch scalar {
            case "*": tokens += stars()
            case "?": tokens.append(.one)
            case "[": tokens.append(try set())
            case "^": tokens.append(.start)
            case "\\": tokens.append(.scalar(try escaped(), isEscaped: true))
            // Alone it stands for itself, but makes Docker match by a regular expression.
            case "]": tokens.append(.scalar(scalar, isEscaped: true))
            default: tokens.append(.scalar(scalar, isEscaped: false))
            }
        }
        return tokens
    }

    private mutating func stars() -> [WildcardToken] {
        guard peek == "*" else { return [.name] }
        index += 1
        if peek == "/" { index += 1 }
        // `**` alone has both readings, which agree: everything.
        return peek == nil ? [.anything] : [.foldersBegin, .foldersInside]
    }

    /// After a `[`: the grammar of Go's `filepath.Match`.
    private mutating func set() throws(DockerIgnoreError) -> WildcardToken {
        let isNegated = peek == "^"
        if isNegated { index += 1 }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while ranges.isEmpty || peek != "]" {
            let low = try member()
            var high = low
            if peek == "-" {
                index += 1
                high = try member()
            }
            guard low <= high else { throw wrong("the range in \"[]\" is the wrong way round") }
            ranges.append(low...high)
        }
        index += 1
        return .set(ranges, isNegated: isNegated)
    }

    private mutating func member() throws(DockerIgnoreError) -> Unicode.Scalar {
        guard let scalar = take() else { throw wrong("\"[\" has no \"]\"") }
        switch scalar {
        case "\\": return try escaped()
        case "-", "]": throw wrong("\"\(scalar)\" inside \"[]\" needs a backslash before it")
        // Docker would read these as parts of a regular expression that nobody means.
        case "*", "?", "[": throw wrong("\"\(scalar)\" inside \"[]\" needs a backslash before it")
        default: return scalar
        }
    }

    private mutating func escaped() throws(DockerIgnoreError) -> Unicode.Scalar {
        guard let scalar = take() else { throw wrong("it ends in a backslash") }
        // Docker passes the backslash on to its regular expressions, where `\d` is a digit.
        guard scalar.isASCII, !isLetterOrDigit(scalar) else {
            throw wrong("a backslash before \"\(scalar)\" does not stand for that character")
        }
        return scalar
    }

    private func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        index += 1
        return scalar
    }

    private func wrong(_ reason: String) -> DockerIgnoreError {
        DockerIgnoreError(line: text, reason: reason)
    }
}
