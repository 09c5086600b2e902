import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

extension UnitExecutor {
    /// Hands a unit over to be run.
    func start(_ index: Int) throws {
        let unit = survey.graph.units[index]
        let log = place.log(of: unit) ?? "\(Project.logsPath)/run-\(run)/\(unit.name).log"
        try FileSystem.createDirectories(AsideArea.folder(of: log), mode: 0o700)
        let attempt = try ledger.startAttempt(
            run: run, unit: unit.name, stage: unit.stage, reasons: reasons[index] ?? [], log: log,
            at: Timestamp.now())
        try place.start(index, unit, attempt: attempt, log: log)
    }
}
