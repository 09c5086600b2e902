import DeployTargets
import Digests
package import Failures
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import PipelinePlanning
import Slots

/// The stages image, push, sync and deploy of one environment, as the chain runs and plans them.
package final class ShippingSteps: StepRunner {
    private let project: Project
    let environment: EnvironmentDefinition
    private let maxDeletes: Int?
    private let leaseOptions: LeaseOptions
    /// AWS as all stages of a run see it: asked once for all of them.
    private let cloud: Cloud?

    /// `maxDeletes`: so many files may a sync delete; nil leaves it to what is plausible.
    ///
    /// - Throws: `CloudError.unsafeEndpoint`.
    package init(
        _ project: Project, _ environment: EnvironmentDefinition, maxDeletes: Int? = nil,
        leaseOptions: LeaseOptions = LeaseOptions()
    ) throws {
        self.project = project
        self.environment = environment
        self.maxDeletes = maxDeletes
        self.leaseOptions = leaseOptions
        cloud = try Cloud(project, environment)
    }

    package func obstacle(_ stage: Stage) throws -> Failure? {
        try Preflight(project, environment).obstacle(stage)
    }

    package func finish(_ session: RunSession) {
        cloud?.release(session)
    }

    package func run(_ stage: Stage, in session: RunSession) throws -> StageSummary {
        let context = try RunContext(
            project, environment, session, cloud: cloud, adopts: leaseOptions.adopts)
        defer {
            let learned = context.facts.takeLearned()
            try? session.writer.rememberFiles(learned)  // try?: it is learned again
        }
        do {
            var summary = try run(stage, context)
            summary.hashedFiles = context.facts.hashedFiles
            return summary
        } catch let error as DataRefused {
            // The data itself is wrong, and no step can be tried with it.
            throw error
        } catch {
            return failed(stage, context, error, session)
        }
    }

    private var hasAnnounced = false
    private var hasWarned = false

    /// Starts to ask AWS, and reports it loudly where it is not AWS that is asked.
    private func announce(_ context: RunContext) throws {
        guard let cloud, !hasAnnounced else { return }
        let session = context.session
        hasAnnounced = true
        cloud.retries.tell { [emit = session.emit] in emit(.note($0)) }
        if let warning = cloud.warning { session.emit(.note(warning)) }
        cloud.prefetch()
        context.prefetchImage()
        try context.clearLeftovers(leaseOptions)
    }

    /// A step that cannot even be looked at fails like one that was tried.
    private func failed(
        _ stage: Stage, _ context: ShippingContext, _ error: any Error, _ session: RunSession
    ) -> StageSummary {
        var summary = StageSummary(stage: stage.name)
        let end = UnitEnd(
            unit: context.unit(stage), stage: stage.name,
            outcome: .failed(message: "\(error)", log: nil), milliseconds: 0, reasons: [],
            failure: Failure(of: error).at(.unit(context.unit(stage))))
        summary.count(end)
        summary.pause = (error as? any PausingError)?.pause
        session.emit(.unitEnded(end))
        return summary
    }

    private func run(
        _ stage: Stage, _ context: RunContext
    ) throws -> StageSummary {
        let session = context.session
        if stage.kind != .image { try announce(context) }
        if let absence = try absence(stage) { return Self.passed(stage, absence) }
        switch stage.content {
        case .image(let image):
            let step = ImageStep(context: context, stage: stage, image: image)
            if let absence = step.absence {
                return try act(absence, stage, context) { _ in .init(stage: stage.name) }
            }
            let wanted = try step.wanted()
            let status = try step.status(wanted)
            for remark in context.remarks { session.emit(.note(remark)) }
            return try act(status, stage, context) { try step.run(session, wanted, $0) }
        case .push:
            let step = PushStep(context: context, stage: stage)
            return try act(try step.status(), stage, context) { try step.run(session, $0) }
        case .sync(let sync):
            try context.places.connect()
            let step = try syncStep(context, stage, sync)
            let manifest = try step.manifest()
            try SlotStates(context: context).prefetch(manifest)
            for remark in context.remarks { session.emit(.note(remark)) }
            let status = try held(context, session, stage) { try step.status(manifest) }
            return try act(status, stage, context) { try step.run(context, manifest, $0) }
        case .deploy:
            let step = DeployStep(context: context, stage: stage)
            let manifest = try manifest(context)
            let status = try held(context, session, stage) {
                try step.status(manifest: manifest.digest)
            }
            if context.target.lacksImage != nil, let remark = context.withheldRemark {
                session.emit(.note(remark))
            }
            if case .work = status, !leaseOptions.replaces,
                let newer = try step.superseded(manifest: manifest.digest)
            {
                throw CloudError.newerLive(newer)
            }
            return try act(status, stage, context) {
                // The slot may have been filled by another operator, or before this project's store was lost.
                try DataRelease(context: context).keep(manifest, session)
                return try step.run(context, manifest: manifest.digest, $0)
            }
        case .units: return StageSummary(stage: stage.name)
        }
    }

    /// What there is to do in an environment that several operators may change: looked at again once it is
    /// this one's to change.
    private func held(
        _ context: RunContext, _ session: RunSession, _ stage: Stage,
        _ look: () throws -> StepStatus
    ) throws -> StepStatus {
        let status = try look()
        guard case .work = status,
            try context.hold(leaseOptions, reason: "run \(session.run), stage \(stage.name)")
        else { return status }
        return try look()
    }

    private func act(
        _ status: StepStatus, _ stage: Stage, _ context: ShippingContext,
        _ body: ([Reason]) throws -> StageSummary
    ) throws -> StageSummary {
        switch status {
        case .work(let reasons): return try body(reasons)
        case .upToDate(let text):
            var summary = StageSummary(stage: stage.name)
            summary.upToDate = 1
            summary.result = text
            if stage.kind == .deploy {
                summary.address = (try? context.address()) ?? nil  // try?: only told besides
            }
            return summary
        case .notApplicable(let text): return Self.passed(stage, text)
        }
    }

    private static func passed(_ stage: Stage, _ text: String) -> StageSummary {
        var summary = StageSummary(stage: stage.name)
        summary.result = text
        return summary
    }

    /// Why a stage is no part of this environment; nil where it is one, or where its step tells.
    private func absence(_ stage: Stage) throws -> String? {
        switch stage.kind {
        case .sync: try DataStage.absence(stage, project, environment)
        case .deploy: Registry.target(environment).lacksDeployment
        default: nil
        }
    }

    private func syncStep(
        _ context: ShippingContext, _ stage: Stage, _ sync: SyncStage
    ) throws -> SyncStep {
        let survey = try Survey.looking(project, ledger: context.ledger)
        var made = try context.ledger?.madeFiles() ?? [:]
        // A path that no unit of the definition makes may hold anything by now.
        for former in survey.former { made[former.output.path] = nil }
        return SyncStep(
            context: context, stage: stage, sync: sync, stale: survey.staleFiles,
            made: made, maxDeletes: maxDeletes, leaseOptions: leaseOptions)
    }

    /// The manifest of the data as it is; the environment's sync stage says which folders.
    private func manifest(_ context: ShippingContext) throws -> DataManifest {
        let data = try DataStage(project, environment)
        return try syncStep(context, data.stage, data.sync).manifest()
    }

    package func plan(
        _ stage: Stage, ledger: LedgerReader?, before: [StagePlan], detail: PlanDetail
    ) throws -> StagePlan {
        let context = try ShippingContext(
            project, environment, ledger: ledger, cloud: cloud, adopts: leaseOptions.adopts)
        if let warning = cloud?.warning, !hasWarned {
            hasWarned = true
            context.remark(warning)
        }
        cloud?.prefetch()
        context.prefetchImage()
        var plan = StagePlan(stage: stage.name)
        let open = before.filter { stage.needs.contains($0.stage) && !$0.isUpToDate }
        switch try status(stage, context, open, &plan) {
        case .notApplicable where stage.kind == .sync:
            plan.upToDate = 1
            return plan
        case .upToDate, .notApplicable: plan.upToDate = 1
        case .work(let reasons):
            plan.work = [
                .init(unit: context.unit(stage), action: .run, reasons: reasons.map(\.text))
            ]
        }
        // A deploy looks at the data too, and the sync has said it.
        if stage.kind != .deploy {
            plan.notes = context.remarks
        } else {
            if context.target.lacksImage != nil, let remark = context.withheldRemark {
                plan.notes.append(remark)
            }
            if !plan.isUpToDate, let remark = LiveSite.remark(environment) {
                plan.notes.append(remark)
            }
        }
        if plan.isUpToDate, let first = open.first {
            plan.upToDate = 0
            plan.work = [
                .init(
                    unit: context.unit(stage), action: .maybe,
                    reasons: ["waits for stage \(first.stage)"])
            ]
        }
        if !plan.isUpToDate {
            plan.expected = try estimate(stage, plan, context)
            plan.paid = try paid(stage, context)
        }
        if stage.kind == .sync {
            do { plan.slots = try slots(context, open) } catch {
                plan.notes.append("unknown what the slots will hold: \(error)")
            }
        }
        if detail == .workAndState {
            plan.state = try StepState(
                context: context,
                isOpen: { name in
                    open.contains { $0.stage == name }
                }
            ).entries(stage) { try self.manifest(context).digest }
        }
        return plan
    }

    private func status(
        _ stage: Stage, _ context: ShippingContext, _ open: [StagePlan], _ plan: inout StagePlan
    ) throws -> StepStatus {
        if let absence = try absence(stage) { return .notApplicable(absence) }
        switch stage.content {
        case .image(let image):
            let step = ImageStep(context: context, stage: stage, image: image)
            return try step.absence ?? step.status(try step.wanted())
        case .push: return try PushStep(context: context, stage: stage).status()
        case .sync(let sync):
            guard open.isEmpty else {
                try PlaceOwnership(context: context).checkPlace()
                return .upToDate("")
            }
            let step = try syncStep(context, stage, sync)
            let manifest = try step.manifest()
            let status = try step.status(manifest)
            if case .work = status { plan.transfer = try step.transfer(manifest) }
            return status
        case .deploy:
            guard open.isEmpty else { return .upToDate("") }
            let step = DeployStep(context: context, stage: stage)
            let manifest = try manifest(context).digest
            let status = try step.status(manifest: manifest)
            guard case .work(let reasons) = status,
                let newer = try step.superseded(manifest: manifest)
            else { return status }
            return .work(reasons + [.external("\(newer): `run` asks for --yes")])
        case .units: return .upToDate("")
        }
    }
}
