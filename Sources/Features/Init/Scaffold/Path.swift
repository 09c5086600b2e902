/// Relative paths as texts, by their bytes: a name may hold any character but a slash.
enum Path {
    /// The folder of a path; `""` at the top.
    static func parent(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(path[..<slash])
    }

    static func name(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The name without its ending.
    static func stem(_ path: String) -> String {
        let name = name(path)
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.utf8.startIndex
        else { return name }
        return String(name[..<dot])
    }

    static func join(_ folder: String, _ path: String) -> String {
        folder.isEmpty || folder == "." ? path : "\(folder)/\(path)"
    }

    /// Whether `path` is `folder` or lies below it.
    static func isWithin(_ path: String, _ folder: String) -> Bool {
        path.utf8.elementsEqual(folder.utf8) || path.utf8.starts(with: (folder + "/").utf8)
    }

    static func depth(_ path: String) -> Int { path.utf8.count { $0 == UInt8(ascii: "/") } }

    /// The path without `.`, and with `..` resolved; nil where it leaves the folder.
    static func cleaned(_ path: String) -> String? {
        if path.hasPrefix("/") { return nil }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// The words of a name, in lower case: `my-Data_v2` is `my`, `data` and `v2`.
    static func words(_ name: String) -> Set<String> {
        Set(
            name.lowercased().unicodeScalars.split {
                !("a"..."z").contains($0) && !("0"..."9").contains($0)
            }.map { String($0) })
    }
}
