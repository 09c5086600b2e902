/// The patterns of a `.dockerignore` file, in order.
///
/// A file is ignored when the last pattern that matches it, or a folder above it, is not an exception
/// (https://docs.docker.com/build/concepts/context/#dockerignore-files).
package struct DockerIgnore: Hashable, Sendable {
    private let patterns: [DockerIgnorePattern]

    /// What was found for one path; handed on to judge what lies below it.
    package struct Judgement: Hashable, Sendable {
        package let isIgnored: Bool
        /// For each pattern, whether it matched this path or a folder above it.
        fileprivate let matched: [Bool]
    }

    /// Reads the text of a `.dockerignore` file.
    package init(_ text: String) throws(DockerIgnoreError) {
        try self.init(lines: Self.lines(of: text))
    }

    private init(lines: [String]) throws(DockerIgnoreError) {
        var patterns: [DockerIgnorePattern] = []
        for line in lines {
            if let pattern = try DockerIgnorePattern(line) { patterns.append(pattern) }
        }
        self.patterns = patterns
    }

    /// The same patterns, plus exceptions for the files without which nothing can be built: Docker's
    /// client sends the Dockerfile and `.dockerignore` also where they are ignored.
    package func keeping(_ paths: [String]) throws(DockerIgnoreError) -> DockerIgnore {
        var kept = self
        for path in paths where kept.isIgnored(path) {
            kept = DockerIgnore(
                patterns: kept.patterns + (try DockerIgnorePattern("!" + path).map { [$0] } ?? []))
        }
        return kept
    }

    private init(patterns: [DockerIgnorePattern]) { self.patterns = patterns }

    /// Whether a path relative to the context is ignored.
    package func isIgnored(_ path: String) -> Bool {
        var judgement: Judgement?
        var folder = ""
        for component in path.unicodeScalars.split(separator: "/") {
            folder += (folder.isEmpty ? "" : "/") + String(component)
            judgement = judge(folder, below: judgement)
        }
        return judgement?.isIgnored ?? false
    }

    /// Judges a path, given what was found for its folder (nil at the top), as Docker's client does when
    /// it walks the context: a pattern that matched the folder matches all below it.
    package func judge(_ path: String, below folder: Judgement?) -> Judgement {
        let scalars = Array(path.unicodeScalars)
        var isIgnored = false
        var matched = [Bool](repeating: false, count: patterns.count)
        for (index, pattern) in patterns.enumerated() {
            var matches = folder?.matched[index] ?? false
            if !matches {
                // It could change nothing: Docker does not even look.
                if pattern.isException != isIgnored { continue }
                matches = pattern.matches(scalars)
            }
            matched[index] = matches
            if matches { isIgnored = !pattern.isException }
        }
        return Judgement(isIgnored: isIgnored, matched: matched)
    }

    /// Whether anything below an ignored folder may have been taken back in.
    ///
    /// True at least wherever one of Docker's two builders would look inside: an exception that begins
    /// with the folder, or one with a wildcard (BuildKit; the classic builder leaves those out).
    package func mayHoldExceptions(below folder: String) -> Bool {
        patterns.contains { pattern in
            guard pattern.isException else { return false }
            var start = pattern.text.unicodeScalars[...]
            for glob in ["/**", "/*"]
            where start.reversed().starts(with: glob.unicodeScalars.reversed()) {
                start = start.dropLast(glob.unicodeScalars.count)
            }
            return start.contains { "*?[\\^".unicodeScalars.contains($0) }
                || (String(start) + "/").utf8.starts(with: (folder + "/").utf8)
        }
    }

    /// The lines that are patterns, cleaned: without comments, blanks, and leading slashes.
    private static func lines(of text: String) -> [String] {
        var scalars = Substring(text).unicodeScalars
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        return scalars.split(separator: "\n").compactMap { line in
            // A comment is recognised before blanks are taken away: "  # x" is a pattern.
            guard line.first != "#" else { return nil }
            var pattern = trim(line)
            guard let first = pattern.first else { return nil }
            if first == "!" { pattern = trim(pattern.dropFirst()) }
            var cleaned = pattern.isEmpty ? "" : CleanPath.clean(String(pattern))
            if cleaned.utf8.count > 1, cleaned.utf8.first == UInt8(ascii: "/") {
                cleaned.unicodeScalars.removeFirst()
            }
            return String(trim(Substring((first == "!" ? "!" : "") + cleaned).unicodeScalars))
        }
    }

    private static func trim(_ line: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        let start = line.drop { $0.properties.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.properties.isWhitespace }) else {
            return start.prefix(0)
        }
        return start[...last]
    }
}
