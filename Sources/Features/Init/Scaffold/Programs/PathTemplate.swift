/// A path with holes: `data/{year}.csv` is any file of that form. `{{` and `}}` are braces.
package struct PathTemplate: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case text(String)
        case hole(String)
    }

    let pieces: [Piece]
    /// Whether stars in it stand for any text, as a program lists files.
    var isGlob = false
    /// As it was written.
    package let source: String

    package init(_ source: String) {
        self.source = source
        var pieces: [Piece] = []
        var text = ""
        var scalars = source.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar == "{" || scalar == "}", scalars.first == scalar {
                scalars.removeFirst()
                text.unicodeScalars.append(scalar)
            } else if scalar == "{", let end = scalars.firstIndex(of: "}") {
                if !text.isEmpty { pieces.append(.text(text)) }
                text = ""
                pieces.append(.hole(String(scalars[..<end])))
                scalars = scalars[scalars.index(after: end)...]
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
    }

    /// A path without holes, whatever braces it has.
    init(path: String) {
        source = path
        pieces = path.isEmpty ? [] : [.text(path)]
    }

    /// A pattern by which a program lists files.
    init(glob: String) {
        self.init(glob)
        isGlob = true
    }

    var isConstant: Bool {
        !isGlob && pieces.allSatisfy { if case .text = $0 { true } else { false } }
    }

    /// The path itself; nil where it has holes. Stars that a program lists are holes too.
    var constant: String? {
        isConstant ? pieces.map(Self.text).joined() : nil
    }

    private static func text(_ piece: Piece) -> String {
        if case .text(let text) = piece { text } else { "" }
    }

    /// The folder that all such files lie in; `""` for the project's own.
    var folder: String {
        var start = ""
        for piece in pieces {
            guard case .text(let text) = piece else { break }
            start += text
        }
        if isGlob {
            let fixed = start.prefix { $0 != "*" && $0 != "?" && $0 != "[" }
            return fixed.hasSuffix("/") ? String(fixed.dropLast()) : Path.parent(String(fixed))
        }
        if isConstant { return Path.parent(start) }
        return start.hasSuffix("/") ? String(start.dropLast()) : Path.parent(start)
    }

    /// As a pattern of the definition (glob(7)), with braces doubled.
    var pattern: String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .hole: if !text.hasSuffix("*") { text += "*" }
            case .text(let part): text += isGlob ? part : StageProposer.escaped(part)
            }
        }
        return StageProposer.withoutPlaces(text)
    }

    var ending: String {
        guard case .text(let last)? = pieces.last else { return "" }
        return FileEndings.ending(Path.name(last))
    }

    /// Whether some path has both forms. A hole stands for any text in a name; so does `*`.
    package func meets(_ other: PathTemplate) -> Bool {
        let mine = symbols
        let theirs = other.symbols
        // Reachable pairs of positions.
        var known: Set<Int> = []
        var open = [(0, 0)]
        while let (one, two) = open.popLast() {
            guard known.insert(one * (theirs.count + 1) + two).inserted else { continue }
            if one == mine.count, two == theirs.count { return true }
            let first = one < mine.count ? mine[one] : nil
            let second = two < theirs.count ? theirs[two] : nil
            if first == .deep || second == .deep {
                open.append(first == .deep ? (one + 1, two) : (one, two + 1))
                if first == .deep, second != nil { open.append((one, two + 1)) }
                if second == .deep, first != nil { open.append((one + 1, two)) }
            }
            if first == .any {
                open.append((one + 1, two))
                if let second, second != .slash { open.append((one, two + 1)) }
            }
            if second == .any {
                open.append((one, two + 1))
                if let first, first != .slash { open.append((one + 1, two)) }
            }
            if let first, first == second, first != .any { open.append((one + 1, two + 1)) }
        }
        return false
    }

    /// Whether such files lie in a folder.
    func isWithin(_ folder: String) -> Bool {
        folder.isEmpty || Path.isWithin(self.folder, folder) || constant == folder
    }

    private enum Symbol: Hashable {
        case slash, any, deep
        case byte(UInt8)
    }

    private var symbols: [Symbol] {
        pieces.flatMap { piece -> [Symbol] in
            guard case .text(let text) = piece else { return [.any] }
            var symbols: [Symbol] = []
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "*") where symbols.last == .any:
                    symbols[symbols.count - 1] = .deep
                case UInt8(ascii: "*"): symbols.append(.any)
                // `a/**/b` is `a/b` too.
                case UInt8(ascii: "/") where symbols.last == .deep: continue
                case UInt8(ascii: "/"): symbols.append(.slash)
                default: symbols.append(.byte(byte))
                }
            }
            return symbols
        }
    }
}
