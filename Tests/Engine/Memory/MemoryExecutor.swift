import Failures
import PipelinePlanning
import Posix

@testable import PipelineEngine

/// An executor whose units are events of a clock: what they write is a function of what they read.
final class MemoryExecutor: Executor {
    private let project: MemoryProject
    private let slots: Int
    private var staging: StagingArea
    private var running: [Int64: UnitJob] = [:]
    private let inbox: Mailbox<ExecutorEvent>

    init(_ project: MemoryProject, slots: Int) throws {
        self.project = project
        self.slots = slots
        staging = StagingArea(.local, disk: project.disk)
        inbox = try Mailbox()
    }

    var room: Int { slots - running.count }
    var isBusy: Bool { !running.isEmpty }
    var descriptors: [Int32] { [inbox.descriptor] }
    func timeout(_ nowNs: Int64) -> Int? { nil }
    func flush() {}

    func events(_ readable: Set<Int32>) -> [ExecutorEvent] {
        readable.contains(inbox.descriptor) ? inbox.take() : []
    }

    func start(_ index: Int, _ unit: UnitSpec, attempt: Int64, log: String) throws {
        let paths = try staging.prepare(folder: "unit-\(attempt)", outputs: unit.outputs)
        let job = UnitJob(
            index: index, attempt: attempt, temporaryPaths: paths, log: log,
            startedNs: project.time.nanoseconds())
        running[attempt] = job
        inbox.send([.started(job)])
        // Read at its start, as a process would.
        let contents = project.contents(of: unit)
        let behaviour = project.begin(unit)
        for (path, content) in zip(paths, contents) {
            project.disk.write(path, String(content.prefix(content.count / 2)))
        }
        project.time.schedule(inMs: behaviour.milliseconds) { [weak self] in
            guard let self, running.removeValue(forKey: attempt) != nil else { return }
            for (path, content) in zip(paths, contents) { project.disk.write(path, content) }
            if let reason = behaviour.failure {
                inbox.send([.failed(job, .raised(reason))])
            } else {
                inbox.send([.done(job, .ofCommand(attempt), workerStart: nil)])
            }
        }
    }

    func release(attempt: Int64) {}

    func clear(attempt: Int64, outputs: [String]) {
        staging.clear(folder: "unit-\(attempt)", outputs: outputs)
    }

    func interrupt() -> (unreported: [ExecutorEvent], open: [UnitJob]) {
        defer { running = [:] }
        return (inbox.take(), running.values.sorted { $0.attempt < $1.attempt })
    }

    func close() { running = [:] }
}
