import BatchExecution
import Failures
import FoundationEssentials
import LocalExecution
import PipelineModel
import PipelinePlanning
import Posix
import Processes

@testable import PipelineEngine

/// What every executor does. It works in the current folder, so that each of its tests is a process of its own.
struct ExecutorConformance {
    struct Broken: Error { let text: String }

    private let make: (ExecutorProvider.Request) throws -> any Executor
    private let folder: String
    private var attempt: Int64 = 0

    init(_ make: @escaping (ExecutorProvider.Request) throws -> any Executor) throws {
        self.make = make
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-executor-\(UUID().uuidString)"
        try FileSystem.createDirectories("\(folder)/\(Project.statePath)")
        try FileSystem.changeDirectory(folder)
    }

    mutating func all() throws {
        defer { try? FileSystem.removeTree(folder) }
        try runs()
        try fails()
        try interrupts()
    }

    /// What a run killed on this side has submitted is taken in, and nothing runs twice.
    mutating func adopts() throws {
        defer { try? FileSystem.removeTree(folder) }
        let units = try (1...4).map {
            try unit("u\($0)", "echo begun >> log; sleep 1; echo \($0) > {output}")
        }
        let first = try executor()
        try start(units, on: first)
        _ = try follow(first) { events in events.contains { $0.isStart } }
        // Not closed: the process that had it is gone.
        let second = try executor()
        for unit in units { try expect(second.log(of: unit) != nil, "\(unit.name) is not adopted") }
        try start(units, on: second)
        let ended = try follow(second) { events in events.count { $0.job != nil } == 4 }
        try expect(ended.allSatisfy { $0.isStart || $0.isDone }, "\(ended)")
        let log = try FileSystem.readText("log")
        try expect(log.split(separator: "\n").count == 4, "begun more than once: \(log)")
        second.close()
    }

    private mutating func runs() throws {
        let executor = try executor()
        try expect(!executor.isBusy, "it is busy before it has a unit")
        let units = try (1...4).map { try unit("u\($0)", "echo \($0) > {output}") }
        let logs = try start(units, on: executor)
        try expect(executor.isBusy, "it is idle though units are to run")
        let events = try follow(executor) { $0.count { $0.job != nil } == 4 }
        try expect(!executor.isBusy, "it is busy though all units have ended")
        for index in units.indices {
            let mine = events.filter { $0.index == index }
            try expect(mine.first?.isStart == true, "unit \(index) ended before it began")
            guard case .done(let job, _, nil)? = mine.last else {
                throw Broken(text: "unit \(index): \(mine)")
            }
            let path = job.temporaryPaths[0]
            try expect(try FileSystem.readText(path) == "\(index + 1)\n", "\(path)")
            try expect(path != units[index].outputs[0], "it wrote to its output itself")
            try expect(job.log == logs[index], "\(job.log)")
            executor.release(attempt: job.attempt)
        }
        executor.close()
    }

    private mutating func fails() throws {
        let executor = try executor()
        let units = [
            try unit("bad", "echo why; exit 7"), try unit("good", "echo good > {output}"),
        ]
        let logs = try start(units, on: executor)
        let events = try follow(executor) { $0.count { $0.job != nil } == 2 }
        guard case .failed(let job, let failure)? = events.last(where: { $0.index == 0 }) else {
            throw Broken(text: "\(events)")
        }
        try expect(failure.code == "unit-command-failed", "\(failure)")
        try expect(try FileSystem.readText(logs[0]).contains("why"), "nothing in its log")
        executor.clear(attempt: job.attempt, outputs: units[0].outputs)
        try expect(events.last { $0.index == 1 }?.isDone == true, "\(events)")
        executor.close()
    }

    private mutating func interrupts() throws {
        let executor = try executor()
        try start(
            try (1...3).map { try unit("u\($0)", "echo $$ >> pids; exec sleep 100") }, on: executor)
        _ = try follow(executor) { events in events.contains { $0.isStart } }
        let (unreported, open) = executor.interrupt()
        let indices = Set(open.map(\.index) + unreported.compactMap(\.index))
        try expect(indices == [0, 1, 2], "\(indices) of three units")
        try expect(!executor.isBusy, "it is busy after an interrupt")
        executor.close()
        let pids = try FileSystem.readText("pids").split(separator: "\n")
        let end = MonotonicClock.nanoseconds() + 30_000_000_000
        while try pids.contains(where: { try FileSystem.status("/proc/\($0)") != nil }) {
            try expect(MonotonicClock.nanoseconds() < end, "units still run")
            _ = try Poll.wait([], timeoutMs: 50)
        }
    }

    // MARK: Equipment

    private func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        if !condition { throw Broken(text: text()) }
    }

    private func executor() throws -> any Executor {
        try make(
            .init(
                options: ExecutorOptions(executor: "x", values: ["tasks": ["2"], "pack": ["30s"]]),
                stage: "make",
                launch: StageLaunch(worker: [], environment: [:], workerLog: "worker.log"),
                root: folder, run: 1, width: 4, basis: { $0.name }, isSettled: { _ in false },
                durations: { [:] }, cancellation: Cancellation(), emit: { _ in }))
    }

    private func unit(_ name: String, _ script: String) throws -> UnitSpec {
        UnitSpec(
            name: "make/\(name)", stage: "make", template: name,
            kind: .command(try ["sh", "-c", script].map { try Template($0) }), parameters: [:],
            inputs: [], mayRead: [], outputs: ["out/\(name)"], recipe: .empty, declaredCode: [],
            limits: UnitLimits(
                check: nil, timeout: nil, retries: 0, memory: nil, isTraced: false))
    }

    @discardableResult
    private mutating func start(
        _ units: [UnitSpec], on executor: any Executor
    ) throws -> [String] {
        var logs: [String] = []
        for (index, unit) in units.enumerated() {
            attempt += 1
            try expect(executor.room >= 1, "no room for unit \(index)")
            let log = executor.log(of: unit) ?? "logs/\(attempt).log"
            try FileSystem.createDirectories("logs")
            try executor.start(index, unit, attempt: attempt, log: log)
            logs.append(log)
        }
        try executor.flush()
        return logs
    }

    /// Events until the condition holds of all of them.
    private func follow(
        _ executor: any Executor, until condition: ([ExecutorEvent]) -> Bool
    ) throws -> [ExecutorEvent] {
        var events: [ExecutorEvent] = []
        let end = MonotonicClock.nanoseconds() + 60_000_000_000
        while !condition(events) {
            try expect(MonotonicClock.nanoseconds() < end, "nothing more happened: \(events)")
            let descriptors = executor.descriptors
            let timeout = min(executor.timeout(MonotonicClock.nanoseconds()) ?? 1000, 1000)
            let ready = try Poll.wait(
                descriptors.map { ($0, .readable) }, timeoutMs: timeout)
            events += try executor.events(Set(ready.map { descriptors[$0] }))
            try executor.flush()
        }
        return events
    }
}

extension ExecutorEvent {
    fileprivate var index: Int? {
        switch self {
        case .started(let job), .returned(let job), .done(let job, _, _), .failed(let job, _):
            job.index
        }
    }

    /// The job that has ended.
    fileprivate var job: UnitJob? {
        switch self {
        case .started, .returned: nil
        case .done(let job, _, _), .failed(let job, _): job
        }
    }

    fileprivate var isStart: Bool { if case .started = self { true } else { false } }
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}
