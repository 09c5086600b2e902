import PipelineModel
package import PipelinePlanning
import Texts

/// What it takes to run one unit: all that the process that runs it has to know, here or on another machine.
package struct UnitLaunch: Codable, Sendable {
    package let attempt: Int64
    package let unit: String
    /// The words of the unit's own command; nil where the stage's worker runs it.
    package let command: [String]?
    /// The line that asks the worker, without its end.
    package let request: String?
    /// Where the unit writes instead of its outputs.
    package let outputs: [String]
    package let log: String
    /// Seconds.
    package let timeout: Double?
    /// Bytes.
    package let memory: Int64?
    /// Whether what the command opens is noted; nil in batches of older programs.
    package let isTraced: Bool?

    package init(_ unit: UnitSpec, attempt: Int64, outputs: [String], log: String, root: String) {
        self.attempt = attempt
        self.unit = unit.name
        self.outputs = outputs
        self.log = log
        timeout = unit.limits.timeout
        memory = unit.limits.memory
        isTraced = unit.limits.isTraced
        switch unit.kind {
        case .command(let words):
            command = UnitCommand.fill(words, unit: unit, outputs: outputs)
            request = nil
        case .worker, .axis:
            command = nil
            request = WorkerProtocol.request(
                id: attempt, unit: unit, outputs: outputs.map { "\(root)/\($0)" },
                log: "\(root)/\(log)")
        }
    }

    /// With one text replaced by another wherever it stands.
    package func replacing(_ text: String, with other: String) -> UnitLaunch {
        UnitLaunch(
            attempt: attempt, unit: unit, command: command?.map { $0.replacing(text, with: other) },
            request: request?.replacing(text, with: other),
            outputs: outputs.map { $0.replacing(text, with: other) }, log: log, timeout: timeout,
            memory: memory, isTraced: isTraced)
    }

    private init(
        attempt: Int64, unit: String, command: [String]?, request: String?, outputs: [String],
        log: String, timeout: Double?, memory: Int64?, isTraced: Bool?
    ) {
        self.attempt = attempt
        self.unit = unit
        self.command = command
        self.request = request
        self.outputs = outputs
        self.log = log
        self.timeout = timeout
        self.memory = memory
        self.isTraced = isTraced
    }
}

/// What all units of a stage are run with.
package struct StageLaunch: Codable, Sendable {
    /// The command line of the worker; empty where every unit has a command.
    package let worker: [String]
    /// Variables set beside those that are inherited.
    package let environment: [String: String]
    package let workerLog: String

    package init(worker: [String], environment: [String: String], workerLog: String) {
        self.worker = worker
        self.environment = environment
        self.workerLog = workerLog
    }

    /// With more variables.
    package func adding(_ variables: [String: String]) -> StageLaunch {
        StageLaunch(
            worker: worker, environment: environment.merging(variables) { $1 },
            workerLog: workerLog)
    }
}

/// The command lines of units.
enum UnitCommand {
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
