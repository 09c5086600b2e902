import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Slots

/// The data of a release: which files there are, and where their contents can be had.
struct DataRelease {
    let context: ShippingContext

    /// The manifest of the files below these folders as they are now. Files of units that the
    /// definition no longer has are left out (and listed by `plan`).
    func current(_ folders: [String], stale: Set<String>) throws -> DataManifest {
        let finder = FileFinder()
        let paths = folders.flatMap(finder.below).filter { !stale.contains($0) }
        guard finder.unreadableNames.isEmpty else {
            throw SurveyError.namesNotUTF8(finder.unreadableNames)
        }
        guard finder.twins.isEmpty else { throw SurveyError.twins(finder.twins) }
        guard !paths.isEmpty else { throw ShippingError.emptyData(folders) }
        try context.facts.load(paths)
        let entries = try paths.map { path in
            DataManifest.Entry(
                path: try RelativePath(path), digest: try context.digest(path),
                size: context.facts.key(path)?.size ?? 0)
        }
        return try DataManifest(entries)
    }

    /// A manifest of an earlier release, from the store.
    func stored(_ digest: Digest) throws -> DataManifest {
        guard let path = try context.store.verified(digest) else {
            throw ShippingError.contentLost(path: "data manifest \(digest.short)")
        }
        return try DataManifest(parsing: try FileSystem.readText(path))
    }

    /// Where the content of an entry can be read: the store, else the project if it has it still.
    func source(_ entry: DataManifest.Entry) throws -> String {
        let object = context.store.path(of: entry.digest)
        if try FileSystem.status(object) != nil { return object }
        let path = entry.path.text
        if try FileSystem.status(path) != nil, try Digest.ofFile(path).digest == entry.digest {
            return path
        }
        throw ShippingError.contentLost(path: path)
    }
}
