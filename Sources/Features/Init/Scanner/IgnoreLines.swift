import Docker
import Posix

/// Lines that keep paths out of an image (`.dockerignore`) or out of version control (`.gitignore`).
package enum IgnoreLines {
    /// What is to become of a file.
    package struct Change: Sendable {
        /// Relative to the site's folder.
        package let path: String
        /// The whole new text.
        package let text: String
        package let isNew: Bool
        /// The lines that are added; empty where there is nothing to do.
        package let added: [String]
        /// Paths that no line can name.
        package let impossible: [String]
    }

    /// - Parameters:
    ///   - context: the folder that the image is built from, `""` for the site's own.
    ///   - paths: below the context, to be kept out of the image.
    /// - Throws: `PosixError`; `DockerIgnoreError` for a pattern that is there and wrong.
    package static func docker(
        root: String, context: String, keepingOut paths: [String]
    ) throws -> Change {
        let name = context.isEmpty ? ".dockerignore" : context + "/.dockerignore"
        let old = try text("\(root)/\(name)")
        let isOut = try DockerIgnore(old ?? "")
        var added: [String] = []
        var impossible: [String] = []
        for path in paths where !isOut.isIgnored(path) {
            let line = pattern(path)
            if (try? DockerIgnore(line).isIgnored(path)) == true {  // try?: "impossible"
                added.append(line)
            } else {
                impossible.append(path)
            }
        }
        return change(name, old, added, impossible, "Kept out of the image by `pipeline init`.")
    }

    /// - Returns: nil where the folder is under no version control by git.
    package static func git(root: String) throws -> Change? {
        var folder = root
        while try FileSystem.linkStatus(folder + "/.git") == nil {
            guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else {
                return nil
            }
            folder = String(folder[..<slash])
        }
        let old = try text("\(root)/.gitignore")
        let lines = (old ?? "").split(whereSeparator: \.isNewline).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        let isThere = lines.contains {
            [".pipeline", ".pipeline/", "/.pipeline", "/.pipeline/"].contains($0)
        }
        return change(
            ".gitignore", old, isThere ? [] : [".pipeline/"], [],
            "The state of `pipeline`: ledger, store, logs.")
    }

    private static func text(_ path: String) throws(PosixError) -> String? {
        guard try FileSystem.status(path) != nil else { return nil }
        return try FileSystem.readText(path)
    }

    private static func change(
        _ path: String, _ old: String?, _ added: [String], _ impossible: [String], _ comment: String
    ) -> Change {
        var text = old ?? ""
        if !added.isEmpty {
            if !text.isEmpty { text += text.utf8.last == UInt8(ascii: "\n") ? "\n" : "\n\n" }
            text += "# \(comment)\n" + added.joined(separator: "\n") + "\n"
        }
        return Change(
            path: path, text: text, isNew: old == nil, added: added, impossible: impossible)
    }

    /// The path as a pattern of `.dockerignore`.
    private static func pattern(_ path: String) -> String {
        var text = ""
        for scalar in path.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                // A line cannot hold it, and any one character is near enough.
                text += "?"
                continue
            }
            if "*?[]\\".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        if let first = text.first, "#!".contains(first) { text = "\\" + text }
        return text
    }
}
