package import ArchiveHistory
package import Digests
import Failures
import JSON
package import Slots

/// What an archive holds that nothing needs, removed in two phases: a file is marked first, and removed by a later collection if it
/// still is needed by nothing after the grace time. So contents that are being sent, and those that a clone has just found there, are
/// never removed under it.
package struct ArchiveCollecting {
    let place: ArchivePlace
    let archive: String

    package init(place: ArchivePlace, archive: String) {
        self.place = place
        self.archive = archive
    }

    static let marksName = "pipeline-archive-unneeded.json"

    /// Files that are marked, with the time since when they are needed by nothing.
    package struct Marks: Hashable, Sendable {
        /// Milliseconds since 1970-01-01 UTC, by path.
        package var since: [String: Int64]
        /// Whose clock the times are of; nil where nothing was marked.
        var time: ArchiveTime?
    }

    package struct Plan: Sendable {
        /// Files that go now, with their bytes.
        package var removed: [String: Int64] = [:]
        /// Files that are needed by nothing, and stay for the grace time, with their bytes.
        package var marked: [String: Int64] = [:]
        /// Files that stay.
        package var kept = 0
        package var keptBytes: Int64 = 0
        package var marks = Marks(since: [:])
        /// Files among the others that did not get their name, left by a kill. No history names them.
        package var leftovers: Set<String> = []
        /// Whether nothing goes since the clocks of two clones may differ.
        package var isHeldBack = false
        /// Contents of packs of which most is needed by nothing: they are to be written again.
        package var rewritten: [ArchivedObject] = []
        package var rewrittenBytes: Int64 { rewritten.reduce(0) { $0 + $1.size } }
        /// Packs among `removed` that hold needed contents, with the copies that make them needless.
        package var copies: [String: [ArchivedObject]] = [:]

        /// Without the files that another plan does not remove: these stay marked.
        package func removingOnly(what other: Plan) -> Plan {
            var plan = self
            for (path, size) in removed where other.removed[path] == nil {
                plan.removed[path] = nil
                plan.copies[path] = nil
                plan.marked[path] = size
            }
            return plan
        }

        /// Without the packs that have a copy which is not as its digest says: these stay, and stay marked.
        package func trusting(_ sound: Set<Digest>) -> Plan {
            var plan = self
            for (pack, copies) in copies
            where !copies.allSatisfy({ sound.contains($0.digest) }) {
                guard let size = plan.removed.removeValue(forKey: pack) else { continue }
                plan.marked[pack] = size
                plan.copies[pack] = nil
            }
            return plan
        }
    }

    /// - Parameters:
    ///   - needed: contents that stay.
    ///   - objects: all contents that the history names, by the file that holds them.
    ///   - graceMs: how long a file stays marked.
    ///   - newestMs: when the newest segment was made that is not of the future.
    package func plan(
        needed: Set<Digest>, objects: [String: [ArchivedObject]], graceMs: Int64,
        time: ArchiveTime, newestMs: Int64?, isInterrupted: @escaping InterruptionCheck
    ) throws -> Plan {
        let marks = try marks()
        let (sizes, leftovers) = try place.files(
            in: [ArchivePlace.objects, ArchivePlace.packs], isInterrupted)
        let sparse = SparsePacks(sizes, objects, needed: needed)
        var plan = Plan(rewritten: sparse.contents)
        plan.marks.time = time
        plan.isHeldBack = !time.isTrusted(after: marks.time, newestMs, graceMs: graceMs)
        // No history names what batches of tasks hand over, nor what did not get its name: it goes after the grace time.
        let unnamed = try place.files(in: [ArchivePlace.tasks], isInterrupted)
        plan.leftovers = Set(leftovers + unnamed.leftovers)
        let others = unnamed.sizes.merging(plan.leftovers.map { ($0, Int64(0)) }) { $1 }
        for (path, size) in sizes.merging(others, uniquingKeysWith: { $1 }) {
            // A file that no segment names: it is on its way, or was left by a kill. The grace time tells the two apart.
            let held = objects[path, default: []]
            let isNeeded = held.contains { needed.contains($0.digest) }
            if isNeeded, sparse.copies[path] == nil {
                plan.kept += 1
                plan.keptBytes += size
                continue
            }
            let since = marks.since(path, at: time)
            if let since, time.milliseconds - since >= graceMs, !plan.isHeldBack {
                plan.removed[path] = size
                plan.copies[path] = sparse.copies[path]
            } else {
                plan.marked[path] = size
            }
            plan.marks.since[path] = since ?? time.milliseconds
        }
        return plan
    }

    /// The marks of the last collection of any clone.
    package func marks() throws -> Marks {
        guard
            let bytes = try place.reaching({
                try self.place.root().read(RelativePath(Self.marksName), limit: 64 << 20)
            })
        else { return Marks(since: [:]) }
        // What is damaged is marked again: a wrong time would end the grace time early.
        let value = CheckedFile.value(bytes)
        guard value?["archive"]?.string == archive, let listed = value?["unneeded"]?.object else {
            return Marks(since: [:])
        }
        let isOfPlace = value?["clock"]?.string == "place"
        let time = value?["marked"]?.wholeNumber.map { ArchiveTime($0, isOfPlace: isOfPlace) }
        // A time before 1970 was written by nobody.
        return Marks(
            since: listed.compactMapValues(\.wholeNumber).filter { $0.value >= 0 }, time: time)
    }

    /// Writes the marks of a plan: what is to go stays marked until it is gone.
    package func mark(_ plan: Plan) throws {
        let bytes = CheckedFile.bytes([
            "archive": .string(archive),
            "clock": .string(plan.marks.time?.isOfPlace == true ? "place" : "clones"),
            "marked": .int(plan.marks.time?.milliseconds ?? 0),  // a plan has one
            "unneeded": .object(plan.marks.since.mapValues { .int($0) }),
        ])
        try place.reaching { try self.place.root().writeOwn(Self.marksName, bytes) }
    }

    /// Removes the files of a plan. Before it, a segment must name them as removed.
    package func remove(_ plan: Plan, isInterrupted: @escaping InterruptionCheck) throws {
        let paths = try plan.removed.keys.filter { !plan.leftovers.contains($0) }.sorted()
            .map { try RelativePath($0) }
        let leftovers = plan.leftovers.filter { plan.removed[$0] != nil }.sorted()
        try place.reaching {
            let root = self.place.root()
            // ours: files of the archive that nothing has needed for the grace time
            try root.delete(paths, isInterrupted: isInterrupted)
            if !leftovers.isEmpty { try root.removeLeftovers(leftovers) }
        }
        var left = plan
        for path in plan.removed.keys { left.marks.since[path] = nil }
        try mark(left)
    }
}
