import Arguments
import Failures
import PipelineModel

/// A saved plan does not hold any more, so that nothing, or nothing more, was done of it: exit code 5.
struct StalePlan: Explained {
    let plan: SavedPlan
    /// Where the plan lies, absolute.
    let file: String
    let moment: Moment
    /// At least one.
    let differences: [PlanDifference]

    enum Moment: Hashable {
        case beforeAll
        /// Before a step, after what the plan has before it.
        case beforeStep(String)
        /// Before units: these have work that is not in the plan.
        case beforeUnits
    }

    private static let limit = 20

    var description: String { failure.text }

    var failure: Failure {
        let all = differences.lines
        let more = all.count > Self.limit ? ["… and \(all.count - Self.limit) more"] : []
        let said = Array(all.prefix(Self.limit)) + more
        let cause = "what it rests on has changed since then"
        if moment == .beforeUnits {
            let others = differences.count - 1
            let more = others > 0 ? " and \(others) more units have" : " has"
            return Failure(
                "unplanned-work",
                "\(differences.first?.subject ?? "")\(more) come to have work while the plan was carried out",
                cause: cause, said: said, next: "what was done is kept; see what is left to do",
                run: "pipeline plan")
        }
        let left =
            if case .beforeStep(let stage) = moment { "stage \"\(stage)\" was not begun" } else {
                "nothing was run"
            }
        var again = CommandLineWords()
        again.add(argument: "plan")
        plan.request.add(to: &again)
        again.add(option: "save", file)
        return Failure(
            "plan-moved", "the plan of \(RecordedTime.iso8601(plan.savedMs)) is stale, and \(left)",
            cause: cause, said: said, next: "look again",
            run: .exact(ShellWords.line(["pipeline"] + again.words)))
    }
}
