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

    /// The manifest of the files that this stage sends, as they are now. Files of units that the
    /// definition no longer has are left out (and listed by `plan`).
    ///
    /// - Throws: `DataRefused` where a name cannot be sent as it is.
    ///
    /// - Parameter made: what units of the definition have made, by path. A file that holds something else is not sent.
    func current(
        _ sync: SyncStage, of stage: String, stale: StaleFiles,
        made: [String: (unit: String, digest: Digest)]
    ) throws -> DataManifest {
        let selection = try DataWalk.select(sync, stale: stale, longestPath: longestPath)
        guard selection.refused.isEmpty else {
            throw DataRefused(stage: stage, names: selection.refused)
        }
        guard !selection.files.isEmpty else {
            throw ShippingError.emptyData(sync.data, leftOut: selection.leftOut.count)
        }
        selection.notes.forEach(context.remark)
        context.facts.load(selection.files)
        let entries = try selection.files.map { path in
            DataManifest.Entry(
                path: try RelativePath(path), digest: try context.digest(path),
                size: context.facts.key(path)?.size ?? 0)
        }
        let altered = entries.compactMap { entry -> (path: String, unit: String)? in
            guard let made = made[entry.path.text], made.digest != entry.digest else { return nil }
            return (entry.path.text, made.unit)
        }
        if let first = altered.first {
            throw ShippingError.outputAltered(
                path: first.path, unit: first.unit, others: altered.count - 1)
        }
        let manifest = try DataManifest(entries)
        let sizes = manifest.entries.lazy.map { ($0.path.text, $0.size) }
        PlacementFindings.smallFiles(sizes, context.project.definition.placement)
            .forEach(context.remark)
        return manifest
    }

    /// What `PATH_MAX` (limits.h) leaves below the folder of a slot, with room for the slot's name and
    /// for what is written to a temporary path.
    private var longestPath: Int {
        4095 - context.project.root.utf8.count - context.environment.data.route.root.utf8.count - 64
    }

    /// First what the manifest says, then what uses it: a release must be able to find its list.
    func keep(_ manifest: DataManifest, _ session: RunSession) throws {
        _ = try context.store.keep(Array(manifest.text.utf8))
        try session.writer.recordManifest(
            manifest.digest, files: manifest.entries.count, bytes: manifest.bytes,
            at: Timestamp.now())
    }

    /// A manifest of an earlier release, from the store.
    func stored(_ digest: Digest) throws -> DataManifest {
        guard let path = try context.content(digest) else {
            throw ShippingError.contentLost(path: "data manifest \(digest.short)")
        }
        return try DataManifest(parsing: try FileSystem.readText(path))
    }

    /// Throws where the content of an entry is lost or damaged, here where it would be sent from; changes nothing.
    func confirm(_ entry: DataManifest.Entry) throws {
        if try context.store.sound(entry.digest) != nil { return }
        let path = entry.path.text
        guard try FileSystem.status(path) != nil, try Digest.ofFile(path).digest == entry.digest
        else { throw ShippingError.contentLost(path: path) }
    }

    /// Where the content of an entry can be read: the store, else the project if it has it still.
    func source(_ entry: DataManifest.Entry) throws -> String {
        let object = context.store.path(of: entry.digest)
        if try FileSystem.status(object) != nil { return object }
        let path = entry.path.text
        guard try FileSystem.status(path) != nil else {
            throw ShippingError.contentLost(path: path)
        }
        guard try Digest.ofFile(path).digest == entry.digest else {
            throw ShippingError.contentChanged(path: path)
        }
        return path
    }
}
