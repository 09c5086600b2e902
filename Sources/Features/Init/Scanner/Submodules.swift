package import Posix

/// Submodules of a repository that were not checked out: their folders are empty, and what should be there is missing.
package enum Submodules {
    /// - Parameter root: the folder with `.gitmodules` (gitmodules(5)).
    /// - Returns: paths below it, sorted.
    package static func missing(root: String) throws(PosixError) -> [String] {
        let file = "\(root)/.gitmodules"
        guard try FileSystem.status(file) != nil else { return [] }
        var missing: [String] = []
        for line in try FileSystem.readText(file).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ !$0.isWhitespace }) == "path" else {
                continue
            }
            let blank = parts[1].drop { $0.isWhitespace }
            let path = String(blank.reversed().drop { $0.isWhitespace }.reversed())
                .filter { $0 != "\"" }
            let folder = "\(root)/\(path)"
            guard try FileSystem.status(folder)?.kind == .directory else {
                missing.append(path)
                continue
            }
            if try FileSystem.entries(of: folder).isEmpty { missing.append(path) }
        }
        return missing.sorted()
    }
}
