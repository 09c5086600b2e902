extension SlotWriter {
    /// Gives the slot these files: from another slot that holds them, else by sending them.
    func send(
        _ entries: [DataManifest.Entry], _ parts: [String: Int64], _ source: Source,
        _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        guard !entries.isEmpty else { return }
        var progress = SlotProgress(
            phase: .sending, filesTotal: entries.count,
            bytesTotal: entries.reduce(0) { $0 + $1.size })
        onProgress(progress)
        let unlinked = try link(entries, &progress, &filling)
        // The largest first: begun last, one of them would be waited for alone.
        let waiting = unlinked.sorted { ($1.size, $0.path) < ($0.size, $1.path) }
        try put(waiting, parts, source, &progress, &filling)
        progress.path = nil
        onProgress(progress)
    }

    private func put(
        _ entries: [DataManifest.Entry], _ parts: [String: Int64], _ source: Source,
        _ progress: inout SlotProgress, _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        let tally = PutTally(progress, journal, report: onProgress)
        let resumes = try onRoute { () throws(RouteError) in try route.features().resumesFiles }
        tally.keepsParts = resumes
        var number = 0
        var lacking: SlotWriterError?
        do throws(RouteError) {
            try route.put(
                { () throws(RouteError) in
                    guard number < entries.count else { return nil }
                    let entry = entries[number]
                    number += 1
                    let part = parts.isEmpty ? 0 : parts[SlotNames.aside(for: entry).lastName] ?? 0
                    do {
                        return RoutePut(
                            try source(entry), as: entry,
                            acknowledged: resumes ? min(part, entry.size) : 0)
                    } catch {
                        lacking = .noSource(entry, error)
                        throw .failed("")
                    }
                }, observer: tally.observer, isInterrupted: isInterrupted)
        } catch {
            throw lacking ?? .route(error)
        }
        progress = tally.progress
        filling.filesSent += entries.count
        filling.bytesSent += entries.reduce(0) { $0 + $1.size }
    }

    /// Takes files from other slots that are known to hold them; what no slot could give is left.
    private func link(
        _ entries: [DataManifest.Entry], _ progress: inout SlotProgress,
        _ filling: inout SlotFilling
    ) throws(SlotWriterError) -> [DataManifest.Entry] {
        var left = entries
        for sibling in siblings where !left.isEmpty {
            let held = left.filter(sibling.content.holds)
            guard !held.isEmpty else { continue }
            let linked = try onRoute { () throws(RouteError) in
                try route.link(held, from: sibling.route, isInterrupted: isInterrupted)
            }
            let done = Set(linked.map { held[$0].path })
            for entry in held where done.contains(entry.path) {
                journal?.note(placing: entry)
                progress.filesDone += 1
                progress.bytesDone += entry.size
            }
            filling.filesLinked += done.count
            left.removeAll { done.contains($0.path) }
            onProgress(progress)
        }
        return left
    }
}

/// Counts what a `put` does, and writes it into the journal.
private final class PutTally {
    private(set) var progress: SlotProgress
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
                acknowledged[entry.path] = nil
                journaled[entry.path] = nil
                report(progress)
            })
    }
}
