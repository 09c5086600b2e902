/// Paths as texts, taken apart by their bytes: a name may hold any character but a slash, also one that joins with the
/// slash before it to one character of Unicode's. By names only: nothing need exist.
package enum PathText {
    private static let slash = UInt8(ascii: "/")

    /// The folder that holds a path: `/` for what lies at the root; nil for a mere name.
    package static func parent(_ path: some StringProtocol) -> String? {
        let path = Substring(path)
        guard let last = path.utf8.lastIndex(of: slash) else { return nil }
        return last == path.startIndex ? "/" : String(path[..<last])
    }

    /// The folder that holds a path as a program can open it: `.` for a mere name.
    package static func folder(_ path: some StringProtocol) -> String { parent(path) ?? "." }

    /// All folders above a path, the nearest first: `a/b` and `a` for `a/b/c`; for an absolute path down to `/`.
    package static func ancestors(_ path: some StringProtocol) -> some Sequence<String> {
        sequence(state: String(path)) { rest -> String? in
            guard rest != "/", let folder = parent(rest) else { return nil }
            rest = folder
            return folder
        }
    }

    /// The last part of a path.
    package static func name(_ path: some StringProtocol) -> String {
        let path = Substring(path)
        guard let last = path.utf8.lastIndex(of: slash) else { return String(path) }
        return String(path[path.utf8.index(after: last)...])
    }

    /// The name without its ending; a name that begins with its only dot is whole.
    package static func stem(_ path: some StringProtocol) -> String {
        let name = name(path)
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
            return name
        }
        return String(name[..<dot])
    }

    package static func join(_ folder: String, _ path: String) -> String {
        folder.isEmpty || folder == "." ? path : "\(folder)/\(path)"
    }

    /// Whether `path` is `folder` or lies below it.
    package static func isWithin(_ path: String, _ folder: String) -> Bool {
        path.utf8.elementsEqual(folder.utf8) || path.utf8.starts(with: (folder + "/").utf8)
    }

    package static func depth(_ path: String) -> Int { path.utf8.count { $0 == slash } }

    /// The names of a path; empty ones are none.
    package static func names(_ path: some StringProtocol) -> [String] {
        Substring(path).utf8.split(separator: slash).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The path without empty names and `.`, and with `..` resolved, as if nothing were a link. An absolute path stays one.
    ///
    /// - Returns: nil where it leads above its beginning; `""` or `/` where nothing is left.
    package static func normalized(_ path: String) -> String? {
        var kept: [String] = []
        for name in names(path) where name != "." {
            guard name == ".." else {
                kept.append(name)
                continue
            }
            guard kept.popLast() != nil else { return nil }
        }
        return (path.utf8.first == slash ? "/" : "") + kept.joined(separator: "/")
    }
}
