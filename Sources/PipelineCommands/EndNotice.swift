import PipelineEngine
import PipelineLedger
import PipelineModel
import Processes

/// Tells the definition's `notify` command how a run ended, by variables. Runs that had nothing to do are not told.
struct EndNotice {
    let project: Project
    let run: Int64
    let command: String
    let tell: (String) -> Void

    func send(_ outcome: RunOutcome, _ summaries: [StageSummary]) {
        guard let words = project.definition.notify, outcome != .done || didSomething(summaries)
        else { return }
        let environment: [String: String?] = [
            "PIPELINE_OUTCOME": outcome.rawValue, "PIPELINE_RUN": String(run),
            "PIPELINE_COMMAND": command, "PIPELINE_PROJECT": project.definition.project,
            "PIPELINE_MESSAGE": message(summaries),
            "PIPELINE_ADDRESS": summaries.lazy.compactMap(\.address).last ?? "",
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
        summaries.contains { $0.ran + $0.restored + $0.failures.count > 0 }
    }

    /// What failed, by name, or how much was done.
    private func message(_ summaries: [StageSummary]) -> String {
        let failures = summaries.flatMap(\.failures)
        if !failures.isEmpty {
            let names = failures.prefix(10).map(\.unit).joined(separator: ", ")
            return "\(failures.count) failed: \(names)" + (failures.count > 10 ? ", …" : "")
        }
        let restored = summaries.reduce(0) { $0 + $1.restored }
        return "\(summaries.reduce(0) { $0 + $1.ran }) ran"
            + (restored > 0 ? ", \(restored) restored" : "")
    }
}
