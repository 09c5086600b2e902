import Digests
import PipelineEngine
import PipelineLedger
import PipelineStore
import Posix
import Slots

/// What a release is made of beside its image: contents by digest, as the store has them.
struct ReleaseParts {
    let store: Store

    /// Bytes by content.
    private(set) var present: [Digest: Int64] = [:]
    /// What the store has not, named for people.
    private(set) var lacking: [(digest: Digest, name: String)] = []

    /// - Throws: where something could not be read.
    init(_ release: ReleaseRecord, in store: Store) throws {
        self.store = store
        try add(release.manifest, "the list of its data")
        for entry in try ReleaseContents.entries(release.manifest, in: store) ?? [] {
            try add(entry.digest, entry.path.text)
        }
        if let code = release.code {
            try add(code, "the list of its code")
            if let listing = try store.sound(code) {
                for digest in try CodeTree.digests(inListing: try FileSystem.readText(listing)) {
                    try add(digest, "a file of its code")
                }
            }
        }
        if let bundle = release.bundle { try add(bundle, "its bundle") }
    }

    private mutating func add(_ digest: Digest, _ name: String) throws {
        guard present[digest] == nil else { return }
        if let status = try FileSystem.status(store.path(of: digest)) {
            present[digest] = status.size
        } else {
            lacking.append((digest, name))
        }
    }
}
