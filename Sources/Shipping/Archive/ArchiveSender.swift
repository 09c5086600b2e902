import Archive
import ArchiveHistory
import Digests
import Dispatch
import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes
import Synchronization

/// Sends what the ledger has and the archive has not, beside the run: on a thread of its own, with the memory of one pack, and not
/// faster than the definition allows. It never fails a run: what was not sent is sent by the next one.
final class ArchiveSender: Sendable {
    let connection: ArchiveConnection
    let archive: String
    let ledger: LedgerWriter
    let cancellation: Cancellation
    private let emit: @Sendable (RunEvent) -> Void
    private let programs = ProgramVersions()
    private let signal = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    /// One segment at a time: each follows the one before.
    let series = Mutex<Series>(Series())

    struct Series: ~Copyable {
        /// All attempts up to here were looked at, but for the open ones.
        var after: Int64 = 0
        /// Attempts up to `after` that had not ended, or are still to be sent.
        var open: Set<Int64> = []
        var results = 0
        var bytes: Int64 = 0
        var reader: LedgerReader?
        var place: ArchivePlace?
        var isEnding = false
        /// Whether this clone's signature stands for all that it has written.
        var isSigned = false
        /// Nil until asked.
        var marked: MarkedFiles?
        /// Contents that lie in the archive already and that no segment names yet.
        var placed: [Digest: ArchivedObject] = [:]
        /// Why nothing can be sent in this run.
        var failure: Failure?
    }

    /// Results in a segment, and bytes of contents beyond which none is added.
    private static let mostResults = 1000
    private static let mostBytes: Int64 = 32 << 20
    /// Seconds between segments while units run.
    private static let pause = 3

    init(
        _ connection: ArchiveConnection, archive: String, ledger: LedgerWriter, run: Int64,
        cancellation: Cancellation, emit: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.connection = connection
        self.archive = archive
        self.ledger = ledger
        self.cancellation = cancellation
        self.emit = emit
    }

    func start() {
        series.withLock { $0.after = ArchiveMemory.sent(to: archive) }
        DispatchQueue(label: "archive").async { [self] in
            loop()
            ended.signal()
        }
    }

    /// There may be something to send.
    func wake() { signal.signal() }

    private func loop() {
        var isEnding = false
        while !isEnding, !cancellation.isCancelled {
            isEnding = waitForResults()
            guard series.withLock({ $0.failure == nil }) else { return }
            do { try drain() } catch ProcessError.interrupted {
                return
            } catch {
                let failure = Failure(of: error)
                series.withLock { $0.failure = failure }
                if !cancellation.isCancelled {
                    emit(
                        .note(
                            "results are not sent: \(failure.headline); the next run sends them"))
                }
            }
        }
    }

    /// Results arrive one by one: a segment takes all that have arrived since the last, unless there are enough for one.
    ///
    /// - Returns: whether the run's work is done.
    private func waitForResults() -> Bool {
        let end = DispatchTime.now() + .seconds(Self.pause)
        var woken = 0
        while woken < Self.mostResults, signal.wait(timeout: end) == .success {
            woken += 1
            if series.withLock({ $0.isEnding }) { return true }
        }
        return series.withLock { $0.isEnding }
    }

    /// Sends all that there is.
    ///
    /// - Throws: where it cannot be sent.
    func drain() throws {
        while try series.withLock({ try send(&$0) }) {
            if cancellation.isCancelled { return }
        }
    }

    /// Sends what is left and waits for its end; the person may interrupt that.
    func finish() {
        let hasFailed = series.withLock { series in
            series.isEnding = true
            return series.failure != nil
        }
        wake()
        if !hasFailed { emit(.archive(.sending)) }
        ended.wait()
        series.withLock { series in
            guard series.results > 0 else { return }
            emit(.archive(.sent(results: series.results, bytes: series.bytes)))
        }
    }

    /// Sends a segment of the caller's own, between those of results.
    func send(
        _ segment: HistorySegment, contents: [Digest: Int64]
    ) throws -> SegmentSending.Sent {
        try between { reader, place in
            try send(Batch(segment: segment, contents: contents), place, reader)
        }
    }

    /// Sends one segment.
    ///
    /// - Returns: whether there may be more.
    private func send(_ series: inout Series) throws -> Bool {
        let reader = try series.reader ?? LedgerReader(path: ledger.path)
        series.reader = reader
        let pass = try SendingPass(
            series.after, series.open, reader, archive, limit: Self.mostResults)
        let found = pass.found
        let place = series.place ?? connection.place()
        series.place = place
        if !series.isSigned {
            try signLast(place, reader)
            series.isSigned = true
        }
        let marked = try found.isEmpty ? nil : MarkedFiles(place, archive, after: series.marked)
        series.marked = marked ?? series.marked
        guard
            let batch = try batch(found, reader, unneeded: marked?.paths ?? [], series.placed)
                ?? healing(reader)
        else {
            (series.after, series.open) = pass.next(after: Set(found.map(\.attempt)))
            if pass.isAll {
                let settled = series.open.min().map { $0 - 1 } ?? series.after
                ArchiveMemory.keep(sent: settled, to: archive)
            }
            return !pass.isAll
        }
        let sent = try send(batch, place, reader)
        for object in batch.segment.objects { series.placed[object.digest] = nil }
        (series.after, series.open) = pass.next(after: batch.attempts)
        series.results += sent.segment?.segment.results.count ?? 0  // none was sent
        series.bytes += sent.bytes
        // What the store could not give is not asked of it again.
        return sent.segment != nil || !batch.attempts.isEmpty
    }

    /// Adds a segment that names files of the archive as removed.
    func sendRemoval(of paths: [String]) throws {
        var segment = HistorySegment(head: head())
        segment.removed = paths
        _ = try send(segment, contents: [:])
    }

    struct Batch {
        var segment: HistorySegment
        var contents: [Digest: Int64]
        /// Attempts that it covers.
        var attempts: Set<Int64> = []
    }

    /// - Returns: nil where nothing of it can be sent.
    private func batch(
        _ found: [LedgerReader.SendableResult], _ reader: LedgerReader, unneeded: Set<String>,
        _ placed: [Digest: ArchivedObject]
    ) throws -> Batch? {
        /// Contents of a result that the archive holds.
        func held(_ files: [OutputRecord]) throws -> Set<Digest> {
            let objects = try reader.archivedObjects(files.map(\.digest), in: archive)
            return Set(objects.filter { !unneeded.contains($0.path) }.map(\.digest))
        }
        let store = Store(root: Project.storePath)
        var batch = Batch(segment: HistorySegment(head: head()), contents: [:])
        var bytes: Int64 = 0
        var sets: Set<Digest> = []
        var named: Set<Digest> = []
        for (attempt, result, isArchived) in found {
            if bytes > Self.mostBytes { break }
            batch.attempts.insert(attempt)
            let files = result.outputs.filter { $0.form != .folder }
            let held = try held(files)
            if isArchived, files.allSatisfy({ held.contains($0.digest) }) { continue }
            // What was written in place, or was cleared from the store, is not there.
            guard try files.allSatisfy({ try store.contains($0.digest) }),
                let needed = try componentSets(result, reader)
            else { continue }
            for file in files
            where batch.contents[file.digest] == nil && !held.contains(file.digest)
                && !named.contains(file.digest)
            {
                if let object = placed[file.digest], !unneeded.contains(object.path),
                    try !reader.isLost(object.path, in: archive)
                {
                    // A file is named with all that it holds.
                    let whole = placed.values.filter { $0.path == object.path }
                    batch.segment.objects += whole.sorted { ($0.offset ?? 0) < ($1.offset ?? 0) }
                    named.formUnion(whole.map(\.digest))
                    continue
                }
                batch.contents[file.digest] = file.size
                bytes += file.size
            }
            batch.segment.results.append(result)
            for set in needed where sets.insert(set.digest).inserted {
                batch.segment.sets.append(set)
                if set.digest == result.code {
                    batch.segment.programs.merge(programs.versions(in: set)) { $1 }
                }
            }
        }
        return batch.segment.results.isEmpty ? nil : batch
    }

    /// Contents that the archive has lost, and that the store has: nil where there are none.
    private func healing(_ reader: LedgerReader) throws -> Batch? {
        let store = Store(root: Project.storePath)
        var batch = Batch(segment: HistorySegment(head: head()), contents: [:])
        for object in try reader.damagedObjects(in: archive)
        where try store.contains(object.digest) {
            batch.contents[object.digest] = object.size
        }
        return batch.contents.isEmpty ? nil : batch
    }

    private func componentSets(
        _ result: ArchivedResult, _ reader: LedgerReader
    ) throws -> [ComponentSet]? {
        let digests = [result.recipe, result.code, result.inputs, result.reads]
        let sets = try digests.compactMap { digest in
            digest == ComponentSet.empty.digest ? .empty : try reader.componentSet(digest)
        }
        return sets.count == digests.count ? sets : nil
    }

    /// - Parameter known: a time in milliseconds since 1970 that the segment is to be later than.
    func head(after known: Int64 = 0) -> HistorySegment.Head {
        .init(
            archive: archive, name: SegmentName(writer: "", number: 0), previous: nil,
            madeMs: max(Timestamp.now().nanoseconds / 1_000_000, known + 1),
            author: ArchiveConnection.author,
            platform: ArchiveConnection.platform)
    }

    func send(
        _ batch: Batch, _ place: ArchivePlace, _ reader: LedgerReader,
        _ sources: [Digest: String] = [:]
    ) throws -> SegmentSending.Sent {
        let writer = try writer(reader)
        let previous = try last(of: writer, reader)
        let pace = Pace(limit: connection.config.limit, cancellation)
        let unnamed = UnnamedContents(archive: archive, writer: writer)
        let batch = try unnamed.begin(batch, place, reader)
        let sent = try sending(place, writer, sources).send(
            batch.segment, contents: batch.contents, after: previous,
            pace: { try pace.wait(for: $0) },
            isInterrupted: { [cancellation] in
                cancellation.isCancelled
            })
        if let segment = sent.segment { try ledger.recordHistory([segment]) }
        try unnamed.end(batch)
        try connection.shareFolders()
        return sent
    }
}
