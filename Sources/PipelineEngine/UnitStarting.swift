import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Processes

extension UnitExecutor {
    /// Starts a unit in an idle slot. That it cannot be started fails the unit, not the run.
    func start(_ index: Int, in slot: JobSlot) throws {
        let unit = survey.graph.units[index]
        let log = "\(Project.logsPath)/run-\(run)/\(unit.name).log"
        try FileSystem.createDirectories(AsideArea.folder(of: log), mode: 0o700)
        let attempt = try ledger.startAttempt(
            run: run, unit: unit.name, stage: unit.stage, reasons: reasons[index] ?? [], log: log,
            at: Timestamp.now())
        let paths = try aside.prepare(attempt: attempt, outputs: unit.outputs)
        emit(.unitStarted(unit: unit.name, stage: stage.name))
        let startedNs = MonotonicClock.nanoseconds()
        let command: ChildProcess?
        do {
            command = try launch(unit, attempt: attempt, aside: paths, log: log, in: slot)
        } catch {
            slot.dropWorker()
            try failed(index, attempt: attempt, startedNs: startedNs, message: "\(error)", log: log)
            return
        }
        slot.begin(
            JobSlot.Job(
                index: index, attempt: attempt, aside: paths, log: log, startedNs: startedNs,
                deadlineNs: unit.limits.timeout.map { startedNs + Int64($0 * 1e9) },
                memoryLimit: unit.limits.memory, command: command))
    }

    /// - Returns: the process, if the unit has one of its own.
    private func launch(
        _ unit: UnitSpec, attempt: Int64, aside: [String], log: String, in slot: JobSlot
    ) throws -> ChildProcess? {
        switch unit.kind {
        case .command(let words):
            let arguments = Self.fill(words, unit: unit, outputs: aside)
            return try ChildProcess(
                ProcessCommand(arguments, environment: environment),
                standardInput: .null, standardOutput: .file(log, append: true),
                standardError: .file(log, append: true))
        case .worker, .axis:
            let worker = try slot.worker ?? makeWorker()
            slot.worker = worker
            let root = survey.project.root
            try worker.send(
                WorkerProtocol.request(
                    id: attempt, unit: unit, outputs: aside.map { "\(root)/\($0)" },
                    log: "\(root)/\(log)"))
            return nil
        }
    }

    private func makeWorker() throws -> Worker {
        let folder = "\(Project.logsPath)/run-\(run)"
        return try Worker(
            ProcessCommand(content.worker ?? [], environment: environment),
            log: "\(folder)/\(stage.name)-worker.log")
    }

    /// The definition's variables, and the mark by which a later run knows what this one left behind.
    private var environment: [String: String?] {
        var environment: [String: String?] = content.environment.mapValues { $0 }
        environment[Orphans.variable] = Orphans.mark(root: survey.project.root)
        return environment
    }

    /// The words of a command; `{inputs}` and `{outputs}` that stand alone become a word for each.
    static func fill(_ words: [Template], unit: UnitSpec, outputs: [String]) -> [String] {
        words.flatMap { word -> [String] in
            if word.source == "{inputs}" { return unit.inputs }
            if word.source == "{outputs}" { return outputs }
            let filled = word.filled { name, width in
                switch name {
                case "input": unit.inputs.first
                case "inputs": unit.inputs.joined(separator: " ")
                case "output": outputs.first
                case "outputs": outputs.joined(separator: " ")
                default:
                    unit.parameters[name].map {
                        String(repeating: "0", count: max(0, width - $0.text.count)) + $0.text
                    }
                }
            }
            return [filled ?? word.source]
        }
    }
}
