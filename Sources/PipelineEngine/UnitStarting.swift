import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

extension UnitExecutor {
    /// Hands a unit over to be run.
    func start(_ index: Int) throws {
        let unit = survey.graph.units[index]
        let log = try place.log(of: unit) ?? logs.prepare("run-\(run)/\(unit.name).log")
        let attempt = try ledger.startAttempt(
            run: run, unit: unit.name, stage: unit.stage, reasons: reasons[index] ?? [], log: log,
            at: Timestamp.now())
        try place.start(index, unit, attempt: attempt, log: log)
    }
}
