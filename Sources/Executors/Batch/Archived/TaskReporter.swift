import Archive
import ArchiveHistory
import Digests
import Dispatch
import Failures
import Paths
import PipelineEngine
import PipelineStore
import Posix
import Synchronization

/// Sends what a task's units have made, and then what the task reports of them, beside the units that still run.
///
/// It reads the records that `PackTask` writes into its file. What a part holds is settled before it is sent, so that one that is
/// sent again after a lost answer is the same.
final class TaskReporter: Sendable {
    private let batch: String
    private let task: Int
    private let start: Int
    private let key: MessageKey
    private let archive: String
    /// Seconds for which an archive that does not answer is asked again.
    private let patience: Double
    private let pauseMs: Int
    private let open: @Sendable () -> ArchivePlace
    private let signal = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let state = Mutex<State>(State())
    /// What `finish` asks for: the end of all work by then, on the monotonic clock.
    private let deadlineNs = Atomic<Int64>(.max)
    private let isEnding = Atomic<Bool>(false)

    private struct State: ~Copyable {
        var launches: [Int64: UnitLaunch] = [:]
        /// Contents that the archive has from before, by their digests.
        var known: [Digest: StoredContent] = [:]
        var reader: TaskRecordReader?
        /// The next part's number.
        var next = 0
        /// What is to be sent, and was not taken yet.
        var outgoing: Outgoing?
        var failure: Failure?
    }

    fileprivate struct Outgoing: Sendable {
        var part: TaskPart
        var contents: [Digest: Int64]
    }

    /// Seconds that are left when the cluster takes the task away (Slurm's KillWait is 30).
    private static let shortly = 8.0

    /// - Parameters:
    ///   - patience: seconds for which an archive that does not answer is asked again at the end.
    ///   - pauseMs: milliseconds between parts, and before it is asked again.
    init(
        _ batch: String, task: Int, start: Int, key: MessageKey, archive: String,
        patience: Double = NodeTask.patience, pauseMs: Int = 1500,
        open: @escaping @Sendable () -> ArchivePlace
    ) {
        self.patience = patience
        self.pauseMs = pauseMs
        self.batch = batch
        self.task = task
        self.start = start
        self.key = key
        self.archive = archive
        self.open = open
    }

    /// Reports that the task cannot run its units.
    ///
    /// - Parameters:
    ///   - isLasting: whether a new try cannot help either.
    ///   - lost: contents that the archive does not give.
    func refuse(_ failure: Failure, isLasting: Bool, lost: [StoredContent] = []) throws {
        var part = TaskPart()
        part.refusal = failure.at(.host(Host.name))
        part.isLasting = isLasting
        part.lost = lost
        let refused = part
        try state.withLock { state in
            state.outgoing = Outgoing(part: refused, contents: [:])
            try sendOutgoing(&state)
        }
    }

    /// Begins to report, in the task's folder.
    ///
    /// - Parameter known: contents that the archive has.
    func begin(_ launches: [UnitLaunch], known: [StoredContent]) {
        state.withLock { state in
            for content in known {
                if let digest = Digest(hex: content.digest) { state.known[digest] = content }
            }
            for launch in launches { state.launches[launch.attempt] = launch }
            state.reader = TaskRecordReader(BatchFolder(name: batch).recordsPath(task, start))
        }
        DispatchQueue(label: "reports").async { @Sendable [self] in
            loop()
            ended.signal()
        }
    }

    /// Sends what is left.
    ///
    /// - Parameter isCancelled: whether the cluster takes the task away: there are seconds left then.
    /// - Throws: `Failure` where not all could be sent.
    func finish(isCancelled: Bool) throws {
        let seconds = isCancelled ? min(Self.shortly, patience) : patience
        deadlineNs.store(
            MonotonicClock.nanoseconds() + Int64(seconds * 1e9), ordering: .releasing)
        isEnding.store(true, ordering: .releasing)
        signal.signal()
        ended.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private var isOver: Bool {
        MonotonicClock.nanoseconds() > deadlineNs.load(ordering: .acquiring)
    }

    private func loop() {
        while true {
            _ = signal.wait(timeout: .now() + .milliseconds(pauseMs))
            // Asked first: what was written before it is read then.
            let isLast = isEnding.load(ordering: .acquiring)
            do {
                try state.withLock { try report(&$0) }
                if isLast { return }
            } catch {
                guard isLast, isOver else { continue }
                state.withLock { $0.failure = .archiveUnreachable(error) }
                return
            }
        }
    }

    private func report(_ state: inout State) throws {
        // One that did not arrive goes first.
        try sendWhole(&state)
        let records = try state.reader?.new() ?? []  // no unit has begun
        guard !records.isEmpty else { return }
        state.outgoing = try outgoing(records, state.launches)
        try sendWhole(&state)
    }

    /// Where the node's disk has no room for what is to be sent, that is what is reported of the units.
    private func sendWhole(_ state: inout State) throws {
        do { try sendOutgoing(&state) } catch let error as PosixError where error.isOutOfSpace {
            guard let outgoing = state.outgoing else { return }
            try forget(outgoing, state.launches)
            state.outgoing = outgoing.failed(NodeDisk.full(error.failure))
            try sendOutgoing(&state)
        }
    }

    /// Removes what units have made: it is in the archive, or is not wanted.
    private func forget(_ outgoing: Outgoing, _ launches: [Int64: UnitLaunch]) throws {
        let store = Store(root: TaskDescription.storePath)
        // ours: what the task has kept to send it, and the staging folders of its units
        for digest in outgoing.contents.keys { try FileSystem.remove(store.path(of: digest)) }
        for record in outgoing.part.records where record.ending != nil {
            guard let launch = launches[record.attempt] else { continue }
            for folder in Set(launch.outputs.map { PathText.folder($0) }) {
                // ours: as above
                try FileSystem.removeTree(folder)
            }
        }
    }

    /// Keeps what units have made in the node's store.
    private func outgoing(
        _ records: [TaskRecord], _ launches: [Int64: UnitLaunch]
    ) throws -> Outgoing {
        var outgoing = Outgoing(part: TaskPart(), contents: [:])
        let store = Store(root: TaskDescription.storePath)
        for record in records {
            var record = record
            if let ending = record.ending, let launch = launches[record.attempt] {
                do {
                    try add(launch, ending, store, &outgoing)
                } catch {
                    record = record.failed(NodeDisk.explained(Failure(of: error)))
                }
            }
            outgoing.part.records.append(record)
        }
        return outgoing
    }

    private func add(
        _ launch: UnitLaunch, _ ending: TaskRecord.Ending, _ store: Store,
        _ outgoing: inout Outgoing
    ) throws {
        var made: [String] = []
        if ending.failure == nil {
            // All that lies there: what is not declared is found on the other side.
            for folder in launch.outputs.map({ PathText.folder($0) }) {
                guard try FileSystem.status(folder) != nil else { continue }
                made += try OutputFolder.files(folder, on: store.disk).map { "\(folder)/\($0)" }
            }
        }
        if let size = try FileSystem.status(launch.log)?.size, size > 0 { made.append(launch.log) }
        for path in made {
            guard let status = try FileSystem.status(path) else { continue }
            let isExecutable = status.mode & 0o100 != 0
            let content = try Digest.ofFile(path)
            try store.keep(path, digest: content.digest, isExecutable: isExecutable)
            outgoing.contents[content.digest] = content.bytes
            outgoing.part.files.append(
                .init(
                    attempt: launch.attempt, path: path, digest: content.digest.hex,
                    size: content.bytes, isExecutable: isExecutable))
        }
    }

    private func sendOutgoing(_ state: inout State) throws {
        guard let outgoing = state.outgoing else { return }
        let name = TaskPart.Name(task: task, start: start, part: state.next)
        let place = open()
        let interrupted: () -> Bool = { [self] in isOver }
        var part = outgoing.part
        part.contents = outgoing.contents.keys.sorted().compactMap { state.known[$0] }
        let new = outgoing.contents.filter { state.known[$0.key] == nil }
        if !new.isEmpty {
            // A start of a task sends under a name of its own.
            let writer = String(Digest.of("\(batch) \(task) \(start)").hex.prefix(32))
            let sent = try SegmentSending(
                place: place,
                signatures: SegmentSignatures(trust: .everybody, key: nil, cancel: nil),
                archive: archive, writer: writer,
                author: Author(user: Host.userName, host: Host.name),
                store: Store(root: TaskDescription.storePath),
                folder: Project.statePath + "/outgoing"
            ).put(new, number: Int64(state.next), isInterrupted: interrupted)
            part.contents += sent.objects.map(StoredContent.init)
        }
        // Not in the task's folder, which need not be there.
        let source = try Self.written(part.bytes(name, of: batch, key))
        // ours: it was written above
        defer { try? FileSystem.remove(source) }  // try?: a small file of a name of its own
        try TaskFolder(place, name: batch).write(
            [(name.text, source)], isInterrupted: interrupted)
        state.outgoing = nil
        state.next += 1
        for content in part.contents {
            if let digest = Digest(hex: content.digest) { state.known[digest] = content }
        }
        try forget(outgoing, state.launches)
    }

    /// Writes a part into a file: in memory where the disk is full.
    private static func written(_ bytes: [UInt8]) throws -> String {
        func write(in folder: String) throws(PosixError) -> String {
            let path = "\(folder)/pipeline-part-\(RandomID.plain())"
            try FileSystem.writeAtomically(bytes, to: path, mode: 0o600)
            return path
        }
        do { return try write(in: "/tmp") } catch  where error.isOutOfSpace {
            return try write(in: "/dev/shm")
        }
    }
}

extension TaskReporter.Outgoing {
    /// The same units, none of which has made anything.
    fileprivate func failed(_ failure: Failure) -> Self {
        var failed = Self(part: TaskPart(), contents: [:])
        failed.part.records = part.records.map {
            $0.ending == nil || $0.ending?.failure != nil ? $0 : $0.failed(failure)
        }
        return failed
    }
}
