import Digests
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes
import SQLite

@testable import PipelineEngine
@testable import PipelineLedger

/// A project of which nothing is real but the code under test: its files, its clock, its ledger and its units are in memory.
final class MemoryProject {
    let time = ManualTime()
    let disk: MemoryDisk
    private let machine: Machine
    private let project: Project
    private let ledgerName: String
    /// Keeps the ledger while no run has it open.
    private let keeper: LedgerWriter

    struct Behaviour {
        var milliseconds: Int64 = 10
        /// Why the unit fails; nil where it does not.
        var failure: String?
    }

    /// - Parameters: the unit's name, and how often it was begun before.
    var behaviour: (String, Int) -> Behaviour = { _, _ in Behaviour() }
    /// What a unit writes to each of its outputs, from its name and what it reads.
    var compute: (String, [String]) -> String = { name, inputs in
        Digest.of("\(name): \(inputs.joined(separator: ", "))").hex
    }

    /// Units in the order in which they were begun, each with what it read, over all runs.
    private(set) var begun: [(unit: String, inputs: [String])] = []
    private var counts: [String: Int] = [:]

    init(_ definition: String, files: [String: String], name: String) throws {
        disk = MemoryDisk(time: time)
        let time = time
        machine = Machine(disk: disk, time: time) { work in
            time.schedule(inMs: 1) { work() }
        }
        project = Project(
            root: "/memory", definition: try DefinitionReader.read(definition, file: "p.yaml"))
        ledgerName = name
        keeper = try LedgerWriter(memory: name)
        disk.write(Project.definitionPath, definition)
        for (path, text) in files { disk.write(path, text) }
        // What was just written could change again within the tick of the clock.
        time.pass(ms: 1000)
    }

    func contents(of unit: UnitSpec) -> [String] {
        let inputs = unit.inputs.map { disk.text($0) ?? "(missing)" }
        return unit.outputs.map { compute("\(unit.name) \($0)", inputs) }
    }

    func begin(_ unit: UnitSpec) -> Behaviour {
        begun.append((unit.name, unit.inputs.map { disk.text($0) ?? "(missing)" }))
        defer { counts[unit.name, default: 0] += 1 }
        return behaviour(unit.name, counts[unit.name] ?? 0)
    }

    struct Run {
        var summaries: [StageSummary] = []
        var ends: [UnitEnd] = []
        var notes: [String] = []
        var hashedFiles = 0
        /// Operations on the disk.
        var operations = 0
        var wasKilled = false
        var error: (any Error)?

        var succeeded: Bool { error == nil && !wasKilled && summaries.allSatisfy(\.succeeded) }
        func units(_ outcome: UnitEnd.Outcome) -> [String] {
            ends.filter { $0.outcome == outcome }.map(\.unit).sorted()
        }
        var failed: [String] {
            ends.filter { if case .failed = $0.outcome { true } else { false } }.map(\.unit)
                .sorted()
        }
    }

    /// A run as `Chain` makes it of stages of units, with a ledger, a survey and a scheduler of its own.
    ///
    /// - Parameters:
    ///   - fault: what goes wrong on the disk.
    ///   - interruptedAtMs: when the run is stopped.
    func run(
        slots: Int = 4, fault: MemoryDisk.Fault? = nil, interruptedAtMs: Int64? = nil
    ) throws -> Run {
        var outcome = Run()
        let writer = try LedgerWriter(memory: ledgerName)
        let reader = try LedgerReader(memory: ledgerName)
        let cancellation = Cancellation()
        if let interruptedAtMs {
            time.schedule(inMs: interruptedAtMs) { cancellation.cancel() }
        }
        // Who is dead writes no ledger either.
        disk.onKill = { [time] in
            time.forgetEvents()
            _ = try? writer.withDatabase { $0.close() }
        }
        disk.set(fault)
        let run = try writer.beginRun(
            RunStart(
                command: "run", started: time.now(), host: "memory", bootID: "", pid: 1,
                pidStart: 1, user: "", commit: nil, toolVersion: ""))
        _ = try writer.closeCrashedRuns(before: run, at: time.now())
        var ends: [UnitEnd] = []
        var notes: [String] = []
        do {
            for stage in project.definition.stages {
                guard case .units(let content) = stage.content else { continue }
                let survey = try Survey(project, ledger: reader, machine: machine)
                var staging = StagingArea(.local, disk: disk)
                try staging.clearAll(outputs: survey.graph.units.flatMap(\.outputs))
                let scheduler = try StageScheduler(
                    survey, stage: stage, content: content, ledger: writer, reader: reader,
                    run: run, executor: try MemoryExecutor(self, slots: slots), width: slots,
                    cancellation: cancellation
                ) { event in
                    switch event {
                    case .unitEnded(let end): ends.append(end)
                    case .note(let text): notes.append(text)
                    default: break
                    }
                }
                let summary = try scheduler.execute(survey.units(of: stage.name))
                outcome.hashedFiles += survey.facts.hashedFiles
                try writer.rememberFiles(survey.facts.takeLearned())
                outcome.summaries.append(summary)
                if !summary.succeeded { break }
            }
        } catch {
            outcome.error = error
        }
        (outcome.ends, outcome.notes) = (ends, notes)
        outcome.wasKilled = disk.isDead
        outcome.operations = disk.operations
        disk.set(nil)
        time.forgetEvents()
        if !outcome.wasKilled {
            try writer.endRun(run, outcome.succeeded ? .done : .failed, at: time.now())
        }
        time.pass(ms: 1000)
        return outcome
    }

    /// What the ledger knows of each unit.
    func memory() throws -> [String: UnitMemory] {
        try LedgerReader(memory: ledgerName).unitMemories()
    }

    /// Outputs of recorded successes that are neither at their path nor in the store with the recorded content.
    func lostOutputs() throws -> [String] {
        let store = Store(root: Project.storePath, disk: disk)
        return try memory().values.flatMap { $0.success?.outputs ?? [] }.filter { output in
            let isInPlace = disk.text(output.path).map { Digest.of($0) } == output.digest
            return try !isInPlace && store.sound(output.digest) == nil
        }.map(\.path)
    }

    /// What each output is to hold, by what its sources hold now.
    func expected() throws -> [String: String] {
        let survey = try Survey(project, ledger: nil, machine: machine)
        var contents: [String: String] = [:]
        for index in survey.graph.order {
            let unit = survey.graph.units[index]
            let inputs = unit.inputs.map { contents[$0] ?? disk.text($0) ?? "(missing)" }
            for output in unit.outputs {
                contents[output] = compute("\(unit.name) \(output)", inputs)
            }
        }
        return contents
    }

    /// Outputs that do not hold what they are to hold.
    func wrongOutputs() throws -> [String] {
        try expected().filter { disk.text($0.key) != $0.value }.map(\.key).sorted()
    }
}
