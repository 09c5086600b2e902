package import Digests
import Docker
package import PipelineEngine
package import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Slots

/// What the releases of a project hold, from the store. Changes nothing.
package struct ReleaseContents {
    private let store = Store(root: Project.storePath)
    private let definition: Definition

    package init(_ project: Project) { definition = project.definition }

    /// A file of a release: project-relative, with its content's digest and its bytes.
    package struct File: Hashable, Sendable {
        package let path: String
        package let digest: Digest
        package let size: Int64
    }

    /// The data files of a release, sorted; nil where the store has their list no more.
    package func data(_ release: ReleaseRecord) throws -> [File]? {
        try Self.entries(release.manifest, in: store)?.map {
            File(path: $0.path.text, digest: $0.digest, size: $0.size)
        }
    }

    /// The entries of a data manifest; nil where the store does not hold it, whole and as its name says.
    static func entries(_ manifest: Digest, in store: Store) throws -> [DataManifest.Entry]? {
        guard let path = try store.sound(manifest) else { return nil }
        return try DataManifest(parsing: try FileSystem.readText(path)).entries
    }

    /// The code files that a preview runs; nil where the release is no preview's, or its list is lost.
    package func code(_ release: ReleaseRecord) throws -> [File]? {
        guard release.image == nil, let code = release.code, let path = try store.sound(code)
        else { return nil }
        let folder = imageFolder
        return try FileSystem.readText(path).split(separator: "\n").compactMap { text in
            let line = try CodeTreeLine(text: String(text))
            guard case .file(let digest, _) = line.content else { return nil }
            return File(path: folder + line.path, digest: digest, size: 0)
        }
    }

    /// With a slash behind it; nothing for the project's own folder.
    private var imageFolder: String {
        for stage in definition.stages {
            if case .image(let image) = stage.content, image.context != "." {
                return image.context + "/"
            }
        }
        return ""
    }
}
