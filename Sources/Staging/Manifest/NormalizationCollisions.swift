extension DataManifest {
    /// Groups of paths that differ only in case or in how Unicode composes a letter. They are different
    /// files on EFS, and one and the same for a Windows or macOS machine that reads a copy.
    package var twins: [[RelativePath]] {
        // Swift compares and hashes texts by canonical equivalence, which is just what is asked here.
        Dictionary(grouping: entries.map(\.path)) { $0.text.lowercased() }.values
            .filter { $0.count > 1 }.map { $0.sorted() }
            .sorted { $0[0] < $1[0] }
    }
}
