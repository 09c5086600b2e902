import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Slots
import TransportProviders

/// What a step's plan tells beside whether there is work: times, costs, and what slots say of themselves.
extension ShippingSteps {
    /// Asked where that costs no journey that the plan does not make anyway.
    func slots(
        _ context: ShippingContext, _ open: [StagePlan]
    ) throws -> [String: StagePlan.SlotAnswer] {
        guard environment.data.provider.isLocal || open.isEmpty, !context.places.usesRecordedState
        else { return [:] }
        let states = SlotStates(context: context)
        let records = try states.records().filter { $0.state != .empty }
        return try Dictionary(
            uniqueKeysWithValues: records.map { record in
                let held = try context.places.holds(record.name, by: records)
                return (record.name, held.map { .holds($0) } ?? .nothingBelieved)
            })
    }

    func estimate(
        _ stage: Stage, _ plan: StagePlan, _ context: ShippingContext
    ) throws -> DurationEstimate? {
        let last = try context.ledger?.durations(of: [context.unit(stage), stage.name])
        let took = (last?[context.unit(stage)] ?? last?[stage.name])?.last
        guard let seconds = plan.transfer?.seconds ?? took.map({ Double($0) / 1000 }) else {
            return nil
        }
        let isCertain = plan.work.contains { $0.action == .run || $0.action == .fetch }
        return DurationEstimate(likely: isCertain ? seconds : 0, atMost: seconds)
    }

    /// What a stage makes that costs, and what a killed run has left of it.
    func paid(_ stage: Stage, _ context: ShippingContext) throws -> [BillableResource] {
        guard stage.kind == .sync else { return [] }
        let left = try context.ledger?.openLeases(environment: environment.name) ?? []
        let data = environment.data
        let bills = data.provider.temporary?.bills(data.route) ?? []
        return bills.map { .init(kind: $0.kind, costPerHour: $0.costPerHour, isLeft: false) }
            + left.map { .init(kind: $0.kind, costPerHour: $0.costPerHour, isLeft: true) }
    }
}
