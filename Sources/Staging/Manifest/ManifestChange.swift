/// A file that differs between two data manifests.
package struct ManifestChange: Hashable, Sendable {
    package let path: RelativePath
    /// Bytes before; nil where the file was not there.
    package let before: Int64?
    /// Bytes after; nil where the file is no more.
    package let after: Int64?

    /// What differs, sorted by path. Lines that both have are not even parsed: most of two manifests that follow
    /// one another is the same.
    ///
    /// - Parameters:
    ///   - before, after: manifests in their canonical form (`DataManifest.text`).
    /// - Throws: `DataManifestError`.
    package static func between(
        _ before: String, _ after: String
    ) throws(DataManifestError) -> [ManifestChange] {
        let old = lines(before)
        let new = lines(after)
        let gone = try DataManifest(parsing: text(old, without: Set(new)))
        let come = try DataManifest(parsing: text(new, without: Set(old)))
        var changes: [RelativePath: ManifestChange] = [:]
        for entry in gone.entries {
            changes[entry.path] = .init(path: entry.path, before: entry.size, after: nil)
        }
        for entry in come.entries {
            changes[entry.path] = .init(
                path: entry.path, before: changes[entry.path]?.before, after: entry.size)
        }
        return changes.values.sorted { $0.path < $1.path }
    }

    // Bytes, since texts compare equal that differ in how an accent is written.
    private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        Array(text.utf8).split(separator: UInt8(ascii: "\n"))
    }

    private static func text(
        _ lines: [ArraySlice<UInt8>], without others: Set<ArraySlice<UInt8>>
    ) -> String {
        var text: [UInt8] = []
        for line in lines where !others.contains(line) { text += line + [UInt8(ascii: "\n")] }
        return String(decoding: text, as: UTF8.self)
    }
}
