package import Digests
import Failures
package import PipelineModel
package import PipelinePlanning

/// How much a plan of a step is to report.
package enum PlanDetail: Sendable {
    /// What there is to do.
    case work
    /// Also what the plan rests on (`StagePlan.state`), which may take more queries: for a plan that is saved, or compared
    /// with a saved one.
    case workAndState
}

/// What a run would do about one stage.
package struct StagePlan: Sendable {
    package let stage: String
    package var upToDate = 0
    /// Units with work to do, each with what and why.
    package var work: [Item] = []
    /// Axes whose values are not known yet, so that more units may follow.
    package var unknownAxes: [String] = []

    /// What a sync is going to send.
    package var transfer: TransferPlan?

    /// What a person should know though it changes nothing about what is done.
    package var notes: [String] = []

    /// How long it is likely to take; nil where nothing of it ever ran.
    package var expected: DurationEstimate?

    /// What is billed while the stage is at work, and is removed at its end.
    package var paid: [BillableResource] = []

    /// What the plan rests on outside of units: contents, and what was found elsewhere, by name. Only with
    /// `PlanDetail.workAndState`.
    package var state: [ComponentSet.Entry] = []

    /// What the slots of the environment themselves say that they hold, by name; those that were not asked are not
    /// in it.
    package var slots: [String: SlotAnswer] = [:]

    package enum SlotAnswer: Sendable, Hashable {
        case holds(Digest)
        /// Nothing, or something that the ledger cannot explain.
        case nothingBelieved
    }

    package struct Item: Sendable {
        package let unit: String
        package let action: Action
        package let reasons: [String]
        /// What is to be fetched, where that is what would be done.
        package let fetch: RestoreEstimate.Fetch?

        package init(
            unit: String, action: Action, reasons: [String], fetch: RestoreEstimate.Fetch? = nil
        ) {
            self.fetch = fetch
            self.unit = unit
            self.action = action
            self.reasons = reasons
        }
    }

    package enum Action: String, Sendable {
        case run
        /// The outputs are taken from the store.
        case restore
        /// The outputs are fetched from the archive: another clone made them.
        case fetch
        /// Only if what comes before it changes its inputs.
        case maybe
        /// Cannot run: an input is missing or cannot be read.
        case missing
    }

    package init(stage: String) {
        self.stage = stage
    }

    package var isUpToDate: Bool { work.isEmpty && unknownAxes.isEmpty }

    /// - Parameter choice: which units the run is to be about.
    package init(
        _ survey: Survey, _ restores: RestoreEstimate, stage: Stage, choice: UnitChoice = .all
    ) {
        self.stage = stage.name
        unknownAxes = survey.unknownAxes[stage.name] ?? []
        upToDate = survey.others[stage.name] ?? 0
        if let note = CommandTracing.note(stage) { notes.append(note) }
        if let note = OutputProtection.gap(stage) { notes.append(note) }
        // In the order of the definition: which units come first in the graph depends on how many of them are looked at.
        for index in choice.select(survey.units(of: stage.name), survey).sorted() {
            let unit = survey.graph.units[index]
            switch restores.decisions[index] {
            // An axis is a question, not a unit that people count.
            case .upToDate: upToDate += unit.isAxis ? 0 : 1
            case .run(let reasons), .restoreOrRun(let reasons):
                let fetch = restores.fetchable[index]
                let action: Action =
                    fetch != nil ? .fetch : restores.restorable.contains(index) ? .restore : .run
                work.append(
                    Item(
                        unit: unit.name, action: action, reasons: reasons.map(\.text),
                        fetch: fetch))
                if let note = OutputProtection.move(unit, reasons) { notes.append(note) }
            case .waits(let producers):
                let count = producers.count > 1 ? " and \(producers.count - 1) more" : ""
                work.append(
                    Item(
                        unit: unit.name, action: .maybe,
                        reasons: ["waits for \(producers[0])\(count)"]))
            case .missingInputs(let paths):
                work.append(
                    Item(
                        unit: unit.name, action: .missing,
                        reasons: paths.map { "input \($0) does not exist" }))
            case .unreadable(let failures):
                work.append(
                    Item(unit: unit.name, action: .missing, reasons: failures.map(\.headline)))
            }
        }
    }
}
