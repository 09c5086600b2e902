import Digests

/// The files of a bundle, each path once. Pure.
struct BundleContent: Hashable, Sendable {
    /// Sorted by the bytes of the paths.
    let entries: [BundleEntry]

    /// Of several entries with one path the last counts.
    init(_ entries: [BundleEntry]) {
        var latest: [[UInt8]: BundleEntry] = [:]
        for entry in entries { latest[Array(entry.path.utf8)] = entry }
        self.entries = latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    /// Equal for equal files with equal executable bits, on any machine. Fields end in a zero byte, which
    /// no path can hold.
    var digest: Digest {
        var hasher = Hasher256()
        for entry in entries {
            hasher.update(entry.path)
            hasher.update(entry.isExecutable ? "\0program\0" : "\0file\0")
            hasher.update(entry.digest.bytes)
        }
        return hasher.finish()
    }

    /// The biggest files, for messages: `"path" (12 bytes)`.
    var biggest: [String] {
        entries.sorted { $0.size > $1.size }.prefix(5).map { "\"\($0.path)\" (\($0.size) bytes)" }
    }
}
