import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineShipping
import Processes

/// Tells how a run ended: the definition's `notify` command by variables, the environment's `notify` address by a
/// message. Runs that had nothing to do are not told.
struct RunNotification {
    let project: Project
    /// Nil where the command means none, or its file cannot be read.
    let environment: EnvironmentDefinition?
    let run: Int64
    let command: String
    let tell: (String) -> Void

    func send(_ outcome: RunOutcome, _ summaries: [StageSummary]) {
        guard outcome != .done || didSomething(summaries) else { return }
        let notice = RunNotice(
            project: project.definition.project, environment: environment?.name, run: run,
            command: command, outcome: outcome.rawValue, message: message(summaries),
            address: summaries.lazy.compactMap(\.address).last ?? "")
        if let words = project.definition.notify { run(words, notice) }
        if let webhook = environment?.notify.map(Webhook.init), webhook.wants(notice.outcome),
            let failure = webhook.send(notice)
        {
            tell("notify: \(failure)")
        }
    }

    private func run(_ words: [String], _ notice: RunNotice) {
        let environment: [String: String?] = [
            "PIPELINE_OUTCOME": notice.outcome, "PIPELINE_RUN": String(run),
            "PIPELINE_COMMAND": command, "PIPELINE_PROJECT": notice.project,
            "PIPELINE_MESSAGE": notice.message, "PIPELINE_ADDRESS": notice.address,
        ]
        do {
            let output = try ProcessRunner.run(
                ProcessCommand(words, environment: environment), timeout: 60)
            if !output.exit.isSuccess {
                tell("notify: \(output.exit.description); \(output.standardErrorText.prefix(200))")
            }
        } catch { tell("notify: \(error)") }
    }

    private func didSomething(_ summaries: [StageSummary]) -> Bool {
        summaries.contains { $0.ran + $0.restored + $0.fetched + $0.failures.count > 0 }
    }

    /// What failed, by name, or how much was done.
    private func message(_ summaries: [StageSummary]) -> String {
        let failures = summaries.flatMap(\.failures)
        if !failures.isEmpty {
            let names = failures.prefix(10).map(\.unit).joined(separator: ", ")
            return "\(failures.count) failed: \(names)" + (failures.count > 10 ? ", …" : "")
        }
        let restored = summaries.reduce(0) { $0 + $1.restored }
        let fetched = summaries.reduce(0) { $0 + $1.fetched }
        return "\(summaries.reduce(0) { $0 + $1.ran }) ran"
            + (restored > 0 ? ", \(restored) restored" : "")
            + (fetched > 0 ? ", \(fetched) fetched" : "")
    }
}
