import Paths

extension SlotWriter {
    /// Gives the slot these files: from another slot that holds them, else by sending them.
    func send(
        _ entries: [DataManifest.Entry], _ parts: [String: Int64], _ source: Source,
        _ fence: SlotFence, _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        guard !entries.isEmpty else { return }
        var progress = SlotProgress(
            phase: .sending, filesTotal: entries.count,
            bytesTotal: entries.reduce(0) { $0 + $1.size })
        onProgress(progress)
        let unshared = try share(entries, fence, &progress, &filling)
        // The largest first: begun last, one of them would be waited for alone.
        let waiting = unshared.sorted { ($1.size, $0.path) < ($0.size, $1.path) }
        try put(waiting, parts, source, fence, &progress, &filling)
        progress.path = nil
        onProgress(progress)
    }

    /// In batches: before each the slot must still be this filling's, and one that took too long is broken off.
    private func put(
        _ entries: [DataManifest.Entry], _ parts: [String: Int64], _ source: Source,
        _ fence: SlotFence, _ progress: inout SlotProgress, _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        let tally = PutTally(progress, journal, report: onProgress)
        let resumes = try onRoute { () throws(TransportError) in try route.features().resumesFiles }
        tally.keepsParts = resumes
        var (waiting, parts) = (entries, parts)
        while !waiting.isEmpty {
            try fence.confirm(filling, before: waiting[0])
            let before = tally.placed.count
            do throws(SlotWriterError) {
                try putBatch(&waiting, parts, source, fence, tally, resumes)
            } catch {
                filling.filesSent += tally.placed.count - before
                guard case .route(.interrupted) = error, !isInterrupted() else {
                    throw cause(of: error, fence, filling)
                }
                // It stood still for too long. What lies under temporary names may be another's by now.
                waiting = entries.filter { !tally.placed.contains($0.path) }
                parts = [:]
                try fence.confirm(filling)
                continue
            }
            filling.filesSent += tally.placed.count - before
        }
        progress = tally.progress
        filling.bytesSent += entries.reduce(0) { $0 + $1.size }
    }

    /// What went wrong, or that the slot is another's by now, which explains most of it.
    private func cause(
        of error: SlotWriterError, _ fence: SlotFence, _ filling: SlotFilling
    ) -> SlotWriterError {
        guard case .route(let reason) = error, reason != .interrupted else { return error }
        do throws(SlotWriterError) { try fence.confirm(filling) } catch {
            if case .overtaken = error { return error }
        }
        return error
    }

    /// Sends files until there are no more or the batch has lasted long enough; those that were begun leave `entries`.
    private func putBatch(
        _ entries: inout [DataManifest.Entry], _ parts: [String: Int64], _ source: Source,
        _ fence: SlotFence, _ tally: PutTally, _ resumes: Bool
    ) throws(SlotWriterError) {
        let files = entries
        var number = 0
        var lacking: SlotWriterError?
        let end = clock() + batchNs
        do throws(TransportError) {
            try route.put(
                { () throws(TransportError) in
                    guard number < files.count, number == 0 || clock() < end else { return nil }
                    let entry = files[number]
                    number += 1
                    let part =
                        parts.isEmpty ? 0 : parts[PathText.name(SlotNames.aside(for: entry))] ?? 0
                    do {
                        return TransportPut(
                            try source(entry), as: entry,
                            acknowledged: resumes ? min(part, entry.size) : 0)
                    } catch {
                        lacking = .noSource(entry, error)
                        throw .failed("")
                    }
                }, observer: tally.observer,
                isInterrupted: { isInterrupted() || fence.isOver })
        } catch {
            throw lacking ?? .route(error)
        }
        entries.removeFirst(number)
    }
}

/// Counts what a `put` does, and writes it into the journal.
private final class PutTally {
    private(set) var progress: SlotProgress
    /// Those that have their names.
    private(set) var placed: Set<RelativePath> = []
    private let journal: SlotJournal?
    private let report: (SlotProgress) -> Void
    private var acknowledged: [RelativePath: Int64] = [:]
    private var journaled: [RelativePath: Int64] = [:]
    /// Whether the middle of a file is worth remembering.
    var keepsParts = false

    // Often enough that little is sent twice, and rarely enough to cost nothing.
    private static let step: Int64 = 1 << 20

    init(
        _ progress: SlotProgress, _ journal: SlotJournal?, report: @escaping (SlotProgress) -> Void
    ) {
        self.progress = progress
        self.journal = journal
        self.report = report
    }

    var observer: PutObserver {
        PutObserver(
            acknowledged: { [self] entry, bytes in
                let before = acknowledged[entry.path] ?? 0
                acknowledged[entry.path] = bytes
                // A file whose beginning was lost is begun again: what was counted for it stays counted.
                progress.bytesDone += max(0, bytes - before)
                progress.path = entry.path
                if keepsParts, bytes - (journaled[entry.path] ?? 0) >= Self.step, bytes < entry.size
                {
                    journaled[entry.path] = bytes
                    journal?.note(bytes, of: entry)
                }
                report(progress)
            },
            placing: { [self] in journal?.note(placing: $0) },
            placed: { [self] entry in
                progress.filesDone += 1
                placed.insert(entry.path)
                acknowledged[entry.path] = nil
                journaled[entry.path] = nil
                report(progress)
            })
    }
}
