package import Archive
import ArchiveHistory
import Digests
import Failures
package import PipelineEngine
import PipelineLedger
import PipelineStore
import Posix
import Processes

/// What nothing of any clone needs: it is marked, and removed by a later collection.
extension ArchiveUpkeep {
    /// What stays, beside what is live, what was live before it, and what is pinned.
    package struct Kept: Sendable {
        /// So many of the newest of each environment keep what they are made of.
        let releases: Int
        /// So many of the newest of each unit, no matter which clones made them.
        let results: Int

        package init(releases: Int, results: Int) {
            self.releases = releases
            self.results = results
        }
    }

    /// - Parameters:
    ///   - days: how long a file that nothing needs stays.
    ///   - changesNothing: the time is then that of this machine's clock.
    /// - Throws: where it cannot be known what a release needs: nothing is removed then.
    package func plan(
        keeping kept: Kept, days: Int, changesNothing: Bool
    ) throws -> ArchiveCollecting.Plan {
        let time = try collecting.time(changesNothing: changesNothing)
        let segments = try ledger.archiveSegments(archive).map(\.madeMs)
        return try collecting.plan(
            needed: try needed(kept, nowMs: time.milliseconds),
            objects: try ledger.archivedFiles(in: archive),
            graceMs: Int64(days) * 86_400_000, time: time,
            newestMs: segments.filter { $0 <= time.milliseconds }.max(),
            isInterrupted: isInterrupted)
    }

    /// Marks what nothing needs, and removes what was marked for long enough: first the history names the files, then they go.
    /// What is needed of packs that hold little else is written again before.
    ///
    /// - Parameters:
    ///   - plan: what was agreed to. It may be of hours ago.
    ///   - again: reads the history and plans again. What goes is in both plans.
    /// - Returns: what was done.
    func collect(
        _ plan: ArchiveCollecting.Plan, _ sender: ArchiveSender,
        again: () throws -> ArchiveCollecting.Plan
    ) throws -> ArchiveCollecting.Plan {
        try rewrite(plan.rewritten, sender)
        // A copy counts once it was read.
        let sound = try bring(plan.copies.values.flatMap { $0 })
        let now = try again().removingOnly(what: plan).trusting(sound)
        guard !now.removed.isEmpty else {
            try collecting.mark(now)
            return now
        }
        let named = now.removed.keys.filter { !now.leftovers.contains($0) }
        if !named.isEmpty { try sender.sendRemoval(of: named.sorted()) }
        try collecting.remove(now, isInterrupted: isInterrupted)
        return now
    }

    /// Bytes of contents in one segment.
    private static let rewrittenAtOnce: Int64 = 64 << 20

    private func rewrite(_ objects: [ArchivedObject], _ sender: ArchiveSender) throws {
        var waiting = objects[...]
        while !waiting.isEmpty {
            var some: [ArchivedObject] = []
            var bytes: Int64 = 0
            while let object = waiting.first, bytes < Self.rewrittenAtOnce {
                some.append(object)
                bytes += object.size
                waiting.removeFirst()
            }
            let arrived = try bring(some)
            let contents = some.filter { arrived.contains($0.digest) }.map { ($0.digest, $0.size) }
            guard !contents.isEmpty else { continue }
            _ = try sender.send(
                HistorySegment(head: sender.head()), contents: Dictionary(contents) { $1 })
            if isInterrupted() { throw ProcessError.interrupted }
        }
    }

    /// Reads contents of the archive into the store.
    ///
    /// - Returns: those that are as their digests say.
    private func bring(_ objects: [ArchivedObject]) throws -> Set<Digest> {
        let each = Dictionary(objects.map { ($0.digest, $0) }) { $1 }
        return try ObjectFetching(place: connection.place(), store: store)
            .fetch(Array(each.values), progress: { _ in }, isInterrupted: isInterrupted)
    }

    var collecting: ArchiveCollecting {
        ArchiveCollecting(place: connection.place(), archive: archive)
    }
}

extension ProjectArchive {
    /// Marks and removes what nothing needs, by the series of this clone.
    ///
    /// - Parameters:
    ///   - plan: what was agreed to.
    ///   - again: plans with what the history holds by then.
    /// - Returns: what was done.
    package func collect(
        _ plan: ArchiveCollecting.Plan, _ upkeep: ArchiveUpkeep, _ session: RunSession,
        again: () throws -> ArchiveCollecting.Plan
    ) throws -> ArchiveCollecting.Plan {
        guard let sender = adding?.sender else {
            throw Failure(
                "archive-read-only", "this clone only reads the archive (role: read)",
                next: "collect from a clone whose role is write")
        }
        return try upkeep.collect(plan, sender) {
            // What was marked may have been named by another clone since.
            try reread(session)
            try mustHaveAnswered()
            try mustBeWhole("nothing is collected", evenOfStrangers: true)
            return try again()
        }
    }
}
