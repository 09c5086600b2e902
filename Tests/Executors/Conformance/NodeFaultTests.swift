import Archive
import ArchiveHistory
import Digests
import DirectoryTransports
import Failures
import JSON
import PipelineEngine
import Posix
import Processes
import Synchronization
import Testing

@testable import BatchExecution

/// A node that differs from the one that submits, and an archive that does not answer for a while. Each works in the current folder,
/// in a process of its own.
struct NodeFaultTests {
    private struct Broken: Error { let text: String }

    /// A scratch folder, which is the current one then, with a batch of one unit.
    private static func makeBatch(on platform: Platform?) throws -> String {
        let root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-node-\(RandomID.plain())"
        try FileSystem.createDirectories(root)
        try FileSystem.changeDirectory(root)
        let unit = """
            { "launch": { "attempt": 1, "unit": "make/u", "command": ["sh", "-c", "echo done > out/1/u"],
                "outputs": ["out/1/u"], "log": "logs/1.log" }, "basis": "b" }
            """
        let batch = BatchFolder.Batch(
            stage: "make", root: root,
            launch: StageLaunch(worker: [], environment: [:], workerLog: "worker.log"), tasks: 1,
            writtenNs: 1, isArchived: true, platform: platform)
        try BatchFolder(name: "b").write(
            batch, [[JSONValue.decode(BatchFolder.Unit.self, from: Array(unit.utf8))]])
        return root
    }

    private static func records() throws -> [TaskRecord] {
        var reader = TaskRecordReader(BatchFolder(name: "b").recordsPath(0, 0))
        return try reader.new()
    }

    @Test(
        "a unit that is not portable fails on a node with another C library or processor, and runs on one that is alike"
    )
    func platform() async {
        await #expect(processExitsWith: .success) {
            var others: [Platform] = []
            for change in [\Platform.library, \Platform.processor] {
                var other = Platform.here
                other[keyPath: change] = "another"
                others.append(other)
            }
            for platform in others + [.here] {
                let root = try NodeFaultTests.makeBatch(on: platform)
                defer { try? FileSystem.removeTree(root) }
                let task = PackTask(batch: "b", task: 0, start: 0, cancellation: Cancellation())
                guard try task.run() else { throw Broken(text: "it was cut off") }
                let failure = try NodeFaultTests.records().last?.ending?.failure
                let hasRun = try FileSystem.status("out/1/u") != nil
                let isRight =
                    platform == .here
                    ? failure == nil && hasRun : failure?.code == "task-platform" && !hasRun
                guard isRight else { throw Broken(text: "\(platform): \(failure?.text ?? "-")") }
            }
        }
    }

    /// The archive's folder, which cannot be asked the first times.
    private static func place(
        _ root: String, awayFor times: Int, _ asked: Counter
    ) -> ArchivePlace {
        ArchivePlace(name: root) { name in
            // A name that no file system takes.
            let isAway = asked.next() <= times
            let folder = isAway ? root + "/" + String(repeating: "x", count: 300) : root
            return DirectoryTransport(root: name.isEmpty ? folder : "\(folder)/\(name)")
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    @Test(
        "what a task reports waits for an archive that does not answer, and is an error once its patience is over"
    )
    func patience() async {
        await #expect(processExitsWith: .success) {
            for (times, patience) in [(3, 60.0), (.max, 0.0)] {
                let root = try NodeFaultTests.makeBatch(on: nil)
                defer { try? FileSystem.removeTree(root) }
                let task = PackTask(batch: "b", task: 0, start: 0, cancellation: Cancellation())
                guard try task.run() else { throw Broken(text: "it was cut off") }
                let asked = Counter()
                let reporter = TaskReporter(
                    "b", task: 0, start: 0, key: MessageKey(), archive: "a", patience: patience,
                    pauseMs: 1,
                    open: { NodeFaultTests.place(root + "/archive", awayFor: times, asked) })
                let launches = try BatchFolder(name: "b").units(of: 0).map(\.launch)
                reporter.begin(launches, known: [])
                var failure: Failure?
                do { try reporter.finish(isCancelled: false) } catch {
                    failure = Failure(of: error)
                }
                let record = try FileSystem.status(root + "/archive/tasks/b/0-0-0.record")
                let isRight =
                    patience > 0
                    ? failure == nil && record != nil && asked.next() > times
                    : failure?.code == "task-archive-unreachable" && record == nil
                guard isRight else { throw Broken(text: "\(failure?.text ?? "-")") }
            }
        }
    }

    @Test(
        "the time for which an archive is asked again begins with the first question without an answer"
    )
    func lateFailure() {
        let minuteNs: Int64 = 60_000_000_000
        var patience = Patience(seconds: 120)
        let answers = [3, 4, 5, 6].map { patience.isOver(atNs: $0 * minuteNs) }
        #expect(answers == [false, false, true, true])
        var none = Patience(seconds: 0)
        let isOver = none.isOver(atNs: minuteNs)
        #expect(isOver)
    }

    @Test(
        "a task asks an archive that does not answer again before it begins, and not one that is another"
    )
    func beginning() throws {
        let root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-node-\(RandomID.plain())"
        defer { try? FileSystem.removeTree(root) }
        try FileSystem.createDirectories(root)
        let orders = TaskOrders(
            batch: "b", index: "", key: MessageKey().hex,
            archive: ArchiveAddress(id: "a", transport: "directory", root: "", keys: [:]),
            scratch: nil, log: "/tmp/b")
        for (times, patience, code, questions) in [
            (3, 60.0, "task-archive-other", 4), (.max, 0.0, "task-archive-unreachable", 1),
        ] {
            let asked = Counter()
            let task = try NodeTask(
                orders, task: 0, start: 0, cancellation: Cancellation(), patience: patience,
                pauseMs: 1, open: { Self.place(root, awayFor: times, asked) })
            let failure = #expect(throws: Failure.self) { try task.run() }
            #expect(failure?.code == code)
            #expect(asked.next() == questions + 1)
        }
    }
}
