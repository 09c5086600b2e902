import Archive
import ArchiveHistory
import Digests
import PipelineEngine
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix
import Slots

/// What stays in an archive.
extension ArchiveUpkeep {
    func needed(_ kept: Kept, nowMs: Int64) throws -> Set<Digest> {
        let results = try ledger.newestArchivedResults(
            kept.results, in: archive, nowMs: nowMs)
        var needed = Set(results.outputs.map(\.digest))
        // What tasks of a cluster fetch: the next ones need it too.
        needed.formUnion(results.inputs)
        let all = try ledger.archivedReleases(in: archive)
        let live = try ledger.archivedLive(in: archive)
        let pins = Set(
            try ledger.archivedPins(in: archive).map { "\($0.environment) \($0.release)" })
        for (environment, releases) in Dictionary(grouping: all, by: \.environment) {
            let recent = Set((live[environment] ?? []).prefix(2))  // none went live
            // Two clones that could not ask each other may have made one number: both stay or go.
            let newest = Set(Set(releases.map(\.number)).sorted(by: >).prefix(kept.releases))
            for release in releases
            where newest.contains(release.number) || recent.contains(release.number)
                || pins.contains("\(environment) \(release.number)")
            {
                needed.formUnion(try contents(of: release))
            }
        }
        return needed
    }

    /// - Throws: where the list of what the release is made of cannot be had.
    private func contents(of release: ArchivedRelease) throws -> Set<Digest> {
        var needed = Set([release.manifest, release.code, release.bundle].compactMap { $0 })
        let manifest = try DataManifest(parsing: try list(release.manifest, of: release, "data"))
        needed.formUnion(manifest.entries.map(\.digest))
        if let code = release.code {
            needed.formUnion(try CodeTree.digests(inListing: try list(code, of: release, "code")))
        }
        return needed
    }

    private func list(
        _ digest: Digest, of release: ArchivedRelease, _ what: String
    ) throws -> String {
        if try !store.contains(digest) {
            let found = try ledger.archivedObjects(digest, in: archive).prefix(1)
            _ = try ObjectFetching(place: connection.place(), store: store)
                .fetch(Array(found), progress: { _ in }, isInterrupted: isInterrupted)
        }
        guard let path = try store.sound(digest) else {
            throw GarbageCollectionError.listLost(
                release: release.number, environment: release.environment, what: what,
                path: store.path(of: digest))
        }
        return try FileSystem.readText(path)
    }
}
