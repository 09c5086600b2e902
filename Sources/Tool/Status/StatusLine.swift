import PipelineEngine
import PipelineLedger
import Terminal

/// Where a project stands, in one line: what changes while somebody watches. Without times, so that equal states have
/// equal lines.
enum StatusLine {
    static func text(_ report: StatusReport) -> String {
        var parts: [String] = []
        if let current = report.current {
            let progress = current.progress
            var counts = ["\(Format.count(progress.done)) done"]
            if progress.restored > 0 {
                counts.append("\(Format.count(progress.restored)) restored")
            }
            if progress.fetched > 0 { counts.append("\(Format.count(progress.fetched)) fetched") }
            if progress.failed > 0 { counts.append("\(Format.count(progress.failed)) failed") }
            counts.append("\(progress.running.count) running")
            if progress.waiting > 0 { counts.append("\(progress.waiting) waiting") }
            parts.append("run \(current.run.id) running: \(counts.joined(separator: ", "))")
        } else if let last = report.lastRun {
            let outcome = last.outcome ?? "killed"
            parts.append("run \(last.id) \(outcome == "crashed" ? "killed" : outcome)")
        } else {
            parts.append("no run yet")
        }
        if report.current == nil {
            let open = report.stages.filter { !$0.plan.isUpToDate }.map(\.plan.stage)
            parts.append(
                open.isEmpty
                    ? "nothing to do" : "to do: \(open.map(Format.escaped).joined(separator: ", "))"
            )
        }
        for environment in report.environments {
            guard let live = environment.live else { continue }
            parts.append("\(Format.escaped(environment.name)): release \(live.release)")
        }
        return parts.joined(separator: "; ")
    }
}
