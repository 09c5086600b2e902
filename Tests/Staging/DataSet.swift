import Digests
import Posix
import Slots

/// Files by path with their texts: a data release of a test, and the store that it is sent from.
struct DataSet {
    let files: [String: String]
    let manifest: DataManifest

    init(_ files: [String: String]) throws {
        self.files = files
        manifest = try DataManifest(
            files.map { path, text in
                DataManifest.Entry(
                    path: try RelativePath(path), digest: Digest.of(text),
                    size: Int64(text.utf8.count))
            })
    }

    /// Puts each file where `source` finds it, named by its digest.
    func store(in scratch: ScratchFolder) throws {
        for text in files.values { try scratch.write(text, to: "store/\(Digest.of(text).hex)") }
    }

    func marker(release: Int = 1, generation: Int = 1) -> SlotMarker {
        SlotMarker(
            release: release, manifest: manifest, generation: generation, project: "site",
            environment: "local", writtenAt: "2026-01-02T03:04:05Z")
    }
}

extension ScratchFolder {
    func source(_ entry: DataManifest.Entry) -> String { "\(path)/store/\(entry.digest.hex)" }
}
