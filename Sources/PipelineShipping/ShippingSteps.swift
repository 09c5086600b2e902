import Digests
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import PipelinePlanning
import Slots

/// The stages image, push, sync and deploy of one environment, as the chain runs and plans them.
package final class ShippingSteps: StepRunner {
    private let project: Project
    private let environment: EnvironmentDefinition
    private let maxDeletes: Int?

    /// `maxDeletes`: so many files may a sync delete; nil leaves it to what is plausible.
    package init(
        _ project: Project, _ environment: EnvironmentDefinition, maxDeletes: Int? = nil
    ) {
        self.project = project
        self.environment = environment
        self.maxDeletes = maxDeletes
    }

    package func run(_ stage: Stage, in session: RunSession) throws -> StageSummary {
        let context = try ShippingContext(project, environment, ledger: session.reader)
        defer { try? session.writer.rememberFiles(context.facts.takeLearned()) }
        do {
            var summary = try run(stage, context, session)
            summary.hashedFiles = context.facts.hashedFiles
            return summary
        } catch let error as DataRefused {
            // The data itself is wrong, and no step can be tried with it.
            throw error
        } catch {
            return failed(stage, context, error, session)
        }
    }

    /// A step that cannot even be looked at fails like one that was tried.
    private func failed(
        _ stage: Stage, _ context: ShippingContext, _ error: any Error, _ session: RunSession
    ) -> StageSummary {
        var summary = StageSummary(stage: stage.name)
        let end = UnitEnd(
            unit: context.unit(stage), stage: stage.name,
            outcome: .failed(message: "\(error)", log: nil), milliseconds: 0, reasons: [])
        summary.count(end)
        session.emit(.unitEnded(end))
        return summary
    }

    private func run(
        _ stage: Stage, _ context: ShippingContext, _ session: RunSession
    ) throws -> StageSummary {
        switch stage.content {
        case .image(let image):
            let step = ImageStep(context: context, stage: stage, image: image)
            let wanted = try step.wanted()
            let verdict = try step.look(wanted)
            for remark in context.remarks { session.emit(.note(remark)) }
            return try act(verdict, stage) { try step.run(session, wanted, $0) }
        case .push:
            let step = PushStep(context: context, stage: stage)
            return try act(try step.look(), stage) { try step.run(session, $0) }
        case .sync(let sync):
            try context.places.connect()
            let step = try syncStep(context, stage, sync)
            let manifest = try step.manifest()
            try SlotStates(context: context).foresee(manifest)
            for remark in context.remarks { session.emit(.note(remark)) }
            return try act(try step.look(manifest), stage) {
                try step.run(session, manifest, $0)
            }
        case .deploy:
            if let absence = noDeploy {
                return try act(.notApplicable(absence), stage) { _ in .init(stage: stage.name) }
            }
            let step = DeployStep(context: context, stage: stage)
            let manifest = try manifest(context)
            return try act(try step.look(manifest: manifest), stage) {
                try step.run(session, manifest: manifest, $0)
            }
        case .units: return StageSummary(stage: stage.name)
        }
    }

    private func act(
        _ verdict: Verdict, _ stage: Stage, _ body: ([Reason]) throws -> StageSummary
    ) throws -> StageSummary {
        switch verdict {
        case .work(let reasons): return try body(reasons)
        case .upToDate(let text):
            var summary = StageSummary(stage: stage.name)
            summary.upToDate = 1
            summary.result = text
            if stage.kind == .deploy { summary.address = address }
            return summary
        case .notApplicable(let text):
            var summary = StageSummary(stage: stage.name)
            summary.result = text
            return summary
        }
    }

    private var address: String { "http://127.0.0.1:\(environment.site.port)/" }

    private var noDeploy: String? {
        environment.kind == .data ? "not part of an environment of kind data" : nil
    }

    private func syncStep(
        _ context: ShippingContext, _ stage: Stage, _ sync: SyncStage
    ) throws -> SyncStep {
        let survey = try Survey(project, ledger: context.ledger)
        return SyncStep(
            context: context, stage: stage, sync: sync, stale: Set(survey.stale.map(\.path)),
            maxDeletes: maxDeletes)
    }

    /// The manifest of the data as it is; the sync stage says which folders.
    private func manifest(_ context: ShippingContext) throws -> Digest {
        for stage in project.definition.stages {
            if case .sync(let sync) = stage.content {
                return try syncStep(context, stage, sync).manifest().digest
            }
        }
        throw ShippingError.notSynced
    }

    package func plan(
        _ stage: Stage, ledger: LedgerReader?, before: [StagePlan]
    ) throws -> StagePlan {
        let context = try ShippingContext(project, environment, ledger: ledger)
        var plan = StagePlan(stage: stage.name)
        let open = before.filter { stage.needs.contains($0.stage) && !$0.isUpToDate }
        switch try verdict(stage, context, open, &plan) {
        case .upToDate, .notApplicable: plan.upToDate = 1
        case .work(let reasons):
            plan.work = [
                .init(unit: context.unit(stage), action: .run, reasons: reasons.map(\.text))
            ]
        }
        // A deploy looks at the data too, and the sync has said it.
        if stage.kind != .deploy { plan.notes = context.remarks }
        if plan.isUpToDate, let first = open.first {
            plan.upToDate = 0
            plan.work = [
                .init(
                    unit: context.unit(stage), action: .maybe,
                    reasons: ["waits for stage \(first.stage)"])
            ]
        }
        return plan
    }

    private func verdict(
        _ stage: Stage, _ context: ShippingContext, _ open: [StagePlan], _ plan: inout StagePlan
    ) throws -> Verdict {
        switch stage.content {
        case .image(let image):
            let step = ImageStep(context: context, stage: stage, image: image)
            return try step.look(try step.wanted())
        case .push: return try PushStep(context: context, stage: stage).look()
        case .sync(let sync):
            guard open.isEmpty else { return .upToDate("") }
            let step = try syncStep(context, stage, sync)
            let manifest = try step.manifest()
            let verdict = try step.look(manifest)
            if case .work = verdict { plan.transfer = try step.transfer(manifest) }
            return verdict
        case .deploy:
            if let absence = noDeploy { return .notApplicable(absence) }
            guard open.isEmpty else { return .upToDate("") }
            return try DeployStep(context: context, stage: stage)
                .look(manifest: try manifest(context))
        case .units: return .upToDate("")
        }
    }
}
