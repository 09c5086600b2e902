import Archive
import ArchiveHistory
import Digests
import Dispatch
import Failures
import PipelineEngine
import PipelineStore
import Posix
import Synchronization

/// Brings what tasks report in the archive to this side, beside the run: their records into the batch's folder and their outputs
/// into the staging folder, as if the tasks had written them there.
///
/// An output counts if its bytes are those of a digest in a record that a task with the batch's key has written.
final class BatchRelay: Sendable {
    /// A batch that is followed.
    struct Batch: Sendable {
        let folder: BatchFolder
        let key: MessageKey
        let units: [[BatchFolder.Unit]]
    }

    enum Message: Sendable {
        /// There are new records in a batch's folder.
        case recordsArrived
        case note(String)
    }

    /// Readable when there are messages.
    let mailbox: Mailbox<Message>
    private let archive: any TaskArchive
    private let signal = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let isEnding = Atomic<Bool>(false)
    private let shared = Mutex<Shared>(Shared())

    private struct Shared: ~Copyable {
        var added: [Batch] = []
        var isRunning = false
        /// When the last look began at all that a batch's tasks had reported, on the monotonic clock.
        var lookedNs: [String: Int64] = [:]
    }

    /// Seconds between looks: more where a look takes long.
    private static let pause = 1.0
    private static let mostPause = 15.0

    init(_ archive: any TaskArchive) throws {
        self.archive = archive
        mailbox = try Mailbox()
    }

    /// Nil before the first look.
    func lookedNs(_ batch: String) -> Int64? { shared.withLock { $0.lookedNs[batch] } }

    /// Follows a batch that was submitted.
    func follow(_ batch: Batch) {
        let isFirst = shared.withLock { shared in
            shared.added.append(batch)
            defer { shared.isRunning = true }
            return !shared.isRunning
        }
        guard isFirst else {
            _ = signal.signal()
            return
        }
        DispatchQueue(label: "relay").async { @Sendable [self] in
            loop()
            ended.signal()
        }
    }

    /// Brings all that was reported of a batch of an earlier run, whose folder has no records yet.
    func takeAll(_ batch: Batch) throws {
        var intake = TaskIntake(batch, archive)
        let began = MonotonicClock.nanoseconds()
        _ = try intake.look(archive.place(), note: { _ in }, isInterrupted: { false })
        shared.withLock { $0.lookedNs[batch.folder.name] = began }
    }

    /// Ends; nothing is brought any more.
    func stop() {
        isEnding.store(true, ordering: .releasing)
        guard shared.withLock({ $0.isRunning }) else { return }
        signal.signal()
        ended.wait()
        shared.withLock { $0.isRunning = false }
    }

    /// Removes what the archive has of a batch none of whose tasks is left.
    func remove(_ name: String) throws {
        try TaskFolder(archive.place(), name: name).remove { false }
    }

    private func loop() {
        var intakes: [String: TaskIntake] = [:]
        var pause = Self.pause
        var problem: String?
        let place = archive.place()
        while true {
            _ = signal.wait(timeout: .now() + pause)
            if isEnding.load(ordering: .acquiring) { return }
            for batch in takeAdded() { intakes[batch.folder.name] = TaskIntake(batch, archive) }
            let began = MonotonicClock.nanoseconds()
            do {
                for name in intakes.keys.sorted() where intakes[name]?.isDone != true {
                    try look(&intakes[name], name, place)
                }
                problem = nil
            } catch {
                let text = Failure(of: error).headline
                if isEnding.load(ordering: .acquiring) { return }
                if problem != text {
                    mailbox.send([.note("\(text); the units go on, and it is asked again")])
                }
                problem = text
            }
            let took = Double(MonotonicClock.nanoseconds() - began) / 1e9
            pause = min(Self.mostPause, max(Self.pause, 3 * took))
        }
    }

    private func takeAdded() -> [Batch] {
        shared.withLock { shared in
            defer { shared.added = [] }
            return shared.added
        }
    }

    private func look(
        _ intake: inout TaskIntake?, _ name: String, _ place: ArchivePlace
    ) throws {
        let began = MonotonicClock.nanoseconds()
        let hasRecords = try intake?.look(
            place, note: { [mailbox] in mailbox.send([.note($0)]) },
            isInterrupted: { [self] in isEnding.load(ordering: .acquiring) })
        if hasRecords == true { mailbox.send([.recordsArrived]) }
        shared.withLock { $0.lookedNs[name] = began }
    }
}
