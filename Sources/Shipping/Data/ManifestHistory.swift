package import Digests
import PipelineEngine
import PipelineStore
import Posix
package import Slots

/// What changed in the data from release to release, as far as the store still has their manifests. Only looks: a
/// damaged object stays where it is.
package struct ManifestHistory {
    private let store = Store(root: Project.storePath)

    package init() {}

    /// nil where one of the manifests is gone, damaged or cannot be read: the change is shown to people, and is not
    /// known then.
    package func changes(from before: Digest, to after: Digest) -> [ManifestChange]? {
        guard before != after else { return [] }
        guard let old = text(before), let new = text(after) else { return nil }
        return try? ManifestChange.between(old, new)  // try?: one is damaged: not known
    }

    private func text(_ digest: Digest) -> String? {
        guard let text = try? FileSystem.readText(store.path(of: digest)),  // try?: not known
            Digest.of(text) == digest
        else { return nil }
        return text
    }
}
