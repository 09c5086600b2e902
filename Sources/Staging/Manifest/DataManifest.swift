package import Digests
package import Failures
import JSON

/// All files of a data release: the sorted list of path, digest and size.
package struct DataManifest: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let path: RelativePath
        package let digest: Digest
        /// Bytes.
        package let size: Int64

        package init(path: RelativePath, digest: Digest, size: Int64) {
            self.path = path
            self.digest = digest
            self.size = size
        }
    }

    /// Sorted by the bytes of the paths, none twice, none a folder of another.
    package let entries: [Entry]
    /// The digest of `text`, which names the data of a release.
    package let digest: Digest
    /// Bytes of all files together.
    package let bytes: Int64

    package init(_ entries: [Entry]) throws(DataManifestError) {
        let sorted = entries.sorted { $0.path < $1.path }
        for (entry, next) in zip(sorted, sorted.dropFirst()) where entry.path == next.path {
            throw .listedTwice(entry.path)
        }
        let files = Set(sorted.map(\.path))
        for entry in sorted {
            if let file = entry.path.folders.first(where: files.contains) {
                throw .fileAndFolder(file)
            }
        }
        self.entries = sorted
        bytes = sorted.reduce(0) { $0 + $1.size }
        digest = Digest.of(Self.text(of: sorted))
    }

    /// The canonical form: one JSON object per line, with its keys in this order.
    package var text: String { Self.text(of: entries) }

    private static func text(of entries: [Entry]) -> String {
        entries.reduce(into: "") { text, entry in
            text += "{\"path\":\(JSONText.quoted(entry.path.text, .numbers)),"
            text += "\"digest\":\"\(entry.digest.hex)\",\"size\":\(entry.size)}\n"
        }
    }
}

/// Why a list of files is no manifest.
package enum DataManifestError: Explained, Equatable {
    case listedTwice(RelativePath)
    case fileAndFolder(RelativePath)
    case badLine(Int, reason: String)
    case notCanonical

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .listedTwice(let path):
            Failure(
                "data-listed-twice", "\"\(path)\" is listed twice",
                cause: "two outputs have this path",
                next: "give each its own")
        case .fileAndFolder(let path):
            Failure(
                "data-file-and-folder", "\"\(path)\" is both a file and a folder",
                next: "rename one of them")
        case .badLine(let number, let reason):
            Failure(
                "manifest-damaged", "line \(number) of the data manifest: \(reason)",
                next: "sync the data again", run: "pipeline run sync")
        case .notCanonical:
            Failure(
                "manifest-altered",
                "the data manifest was not written by this tool, or it was altered",
                next: "sync the data again", run: "pipeline run sync")
        }
    }
}
