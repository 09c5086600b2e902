package import Failures
import PipelinePlanning

/// The units that a plan which was kept names: a run that carries it out runs no others.
package struct PlannedUnits: Sendable {
    private let units: Set<String>
    /// Stages with axes that were not known when the plan was made, so that more units were to be expected.
    private let openStages: Set<String>

    package init(units: Set<String>, openStages: Set<String>) {
        self.units = units
        self.openStages = openStages
    }

    /// - Throws: `UnplannedWork` where one of these units has work and is not in the plan.
    func check(_ indices: [Int], _ survey: Survey) throws {
        let extra = indices.filter { index in
            let unit = survey.graph.units[index]
            return !survey.decisions[index].isUpToDate && !units.contains(unit.name)
                && !openStages.contains(unit.stage)
        }
        guard let first = extra.first else { return }
        throw UnplannedWork(
            unit: survey.graph.units[first].name,
            reason: survey.decisions[first].reasons.first?.text, others: extra.count - 1)
    }
}

/// Since the plan was held against the world, something has changed.
package struct UnplannedWork: Explained, Hashable {
    package let unit: String
    package let reason: String?
    /// How many units beside that one.
    package let others: Int

    package var description: String { failure.text }

    package var failure: Failure {
        let more = others > 0 ? " and \(others) more units have" : " has"
        return Failure(
            "unplanned-work",
            "\(unit)\(more) come to have work while the plan was carried out", cause: reason,
            next: "what was done is kept; see what is left to do", run: "pipeline plan")
    }
}
