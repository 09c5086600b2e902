/// One pattern of a `.dockerignore` file, matched as Docker matches it.
///
/// The rules are those of github.com/moby/patternmatcher: Go's `filepath.Match` plus `**`, with a few
/// habits of its own that a stranger would not guess (`**foo` matches the end of a path, `a[^b]c`
/// matches a slash). They are kept, since an image is built from what Docker matches.
struct DockerIgnorePattern: Hashable, Sendable {
    /// The pattern without its `!`, cleaned as Go's `filepath.Clean` does.
    let text: String
    /// Whether it began with `!` and so takes files back in.
    let isException: Bool
    private let matcher: Matcher

    private enum Matcher: Hashable, Sendable {
        case exactly([Unicode.Scalar])
        case startingWith([Unicode.Scalar])
        case endingWith([Unicode.Scalar])
        case wildcards([WildcardToken])
    }

    /// Reads a line that `DockerIgnore` has already trimmed and cleaned; nil for an empty one.
    init?(_ line: String) throws(DockerIgnoreError) {
        guard !line.isEmpty else { return nil }
        let cleaned = CleanPath.clean(line)
        isException = cleaned.unicodeScalars.first == "!"
        text = isException ? String(cleaned.unicodeScalars.dropFirst()) : cleaned
        guard !text.isEmpty else {
            throw DockerIgnoreError(line: line, reason: "\"!\" must be followed by a pattern")
        }
        matcher = try Self.matcher(for: text)
    }

    func matches(_ path: [Unicode.Scalar]) -> Bool {
        switch matcher {
        case .exactly(let wanted): path == wanted
        case .startingWith(let start): path.starts(with: start)
        case .endingWith(let end):
            path.count >= end.count && path[(path.count - end.count)...].elementsEqual(end)
                || end.first == "/" && path.elementsEqual(end.dropFirst())
        case .wildcards(let tokens): WildcardMatch.matches(tokens, path)
        }
    }

    private static func matcher(for text: String) throws(DockerIgnoreError) -> Matcher {
        let scalars = Array(text.unicodeScalars)
        let tokens = try WildcardReader.tokens(of: text)
        let literals = { (some: ArraySlice<WildcardToken>) -> [Unicode.Scalar]? in
            let found = some.compactMap(\.plainScalar)
            return found.count == some.count ? found : nil
        }
        if literals(tokens[...]) != nil { return .exactly(scalars) }
        if case .anything = tokens.last, let start = literals(tokens.dropLast()) {
            return .startingWith(start)
        }
        // Docker compares what follows a leading `**` with the end of the path: `**foo` matches "a/xfoo".
        if case .foldersBegin = tokens.first, literals(tokens.dropFirst(2)) != nil {
            return .endingWith(Array(scalars.dropFirst(2)))
        }
        return .wildcards(tokens)
    }
}
