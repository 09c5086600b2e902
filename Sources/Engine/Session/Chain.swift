package import Failures
import Paths
package import PipelineLedger
package import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes

/// A stage that is one step outside: image, push, sync, deploy.
package protocol StepRunner {
    /// Does what the stage still needs, or nothing; returns how it went.
    func run(_ stage: Stage, in session: RunSession) throws -> StageSummary

    /// What `run` would do, changing nothing. `before` are the plans of the stages that come first.
    func plan(
        _ stage: Stage, ledger: LedgerReader?, before: [StagePlan], detail: PlanDetail
    ) throws -> StagePlan

    /// Why a stage cannot succeed whatever the others do; nil where it may, and for stages of units.
    func obstacle(_ stage: Stage) throws -> Failure?

    /// The run's stages are over, however they went: gives back what was held for them.
    func finish(_ session: RunSession)
}

/// The stages of a run, one after the other; it stops at the first that fails.
package struct Chain {
    package let session: RunSession
    package let steps: any StepRunner
    /// How many units run at once, if the command line gives it.
    package let jobs: Int?
    /// Nil where units run only as far as they must.
    package let force: Force?
    package let choice: UnitChoice
    /// Throws where a stage, planned now that it is its turn, is not as the saved plan has it that the run carries out; nil
    /// where the run has no such plan.
    package let confirm: ((Stage, StagePlan) throws -> Void)?

    package init(
        session: RunSession, steps: any StepRunner, jobs: Int?, force: Force?,
        choice: UnitChoice = .all, confirm: ((Stage, StagePlan) throws -> Void)? = nil
    ) {
        self.session = session
        self.steps = steps
        self.jobs = jobs
        self.force = force
        self.choice = choice
        self.confirm = confirm
    }

    /// - Returns: how the stages went, up to and with the first that failed.
    package func run(_ stages: [Stage]) throws -> [StageSummary] {
        var summaries: [StageSummary] = []
        var survey: Survey?
        defer { steps.finish(session) }
        try settleKilled()
        for stage in stages where !session.cancellation.isCancelled {
            // Some units are no whole: nothing is built or sent of them.
            if !choice.isAll, stage.kind != .compile, stage.kind != .run { continue }
            let summary: StageSummary
            if case .units(let content) = stage.content {
                // Facts stay true from one stage of units to the next: the executor keeps them so.
                summary = try units(stage, content, &survey, of: stages)
            } else {
                if let confirm {
                    let plan = try steps.plan(
                        stage, ledger: session.reader, before: [], detail: .workAndState)
                    try confirm(stage, plan)
                }
                summary = try steps.run(stage, in: session)
            }
            session.emit(.stageEnded(summary))
            summaries.append(summary)
            if !summary.succeeded { break }
        }
        if let survey { try session.writer.rememberFiles(survey.facts.takeLearned()) }
        return summaries
    }

    /// Looks at what a killed run's commands touched of the outputs that they write in place, before anything reads or
    /// sends them.
    private func settleKilled() throws {
        for record in try session.reader.inPlaceRecords() where record.state == .open {
            let content = session.project.definition.stage(record.unit)?.content
            var check: OutputCheck?
            if case .units(let stage) = content { check = stage.templates.first?.limits.check }
            let guarded = InPlaceGuard(
                unit: record.unit,
                outputs: InPlaceOutputs(outputs: record.patterns.map(PathPattern.init)),
                check: check, disk: SystemDisk(), note: { session.emit(.note($0)) })
            try session.writer.record(guarded.settle(record))
        }
    }

    private func units(
        _ stage: Stage, _ content: UnitStage, _ shared: inout Survey?, of stages: [Stage]
    ) throws -> StageSummary {
        let isFirst = shared == nil
        var survey: Survey
        if let known = shared, try known.looksTheSame(stage, content) {
            survey = known
        } else {
            survey = try look()
            if survey.madeBefore > 0 {
                let made = "an interrupted run has made \(survey.madeBefore) units again already"
                session.emit(.note("goes on: \(made)"))
            }
            try choice.check(survey, stages: stages)
        }
        try moveStale(survey)
        try keepLearned(survey)
        try clearStaging(survey, of: isFirst ? nil : stage)
        let axes = survey.units(of: stage.name).filter { survey.graph.units[$0].isAxis }
        if axes.contains(where: { !survey.decisions[$0].isUpToDate }) {
            let summary = try execute(axes, stage, content, survey)
            guard summary.succeeded else { return summary }
            try keepLearned(survey)
            survey = try look()
            try choice.check(survey, stages: stages)
        }
        let units = choice.select(
            survey.units(of: stage.name).filter { !survey.graph.units[$0].isAxis }, survey)
        if let confirm {
            let restores = try RestoreEstimate(survey, ledger: session.reader)
            try confirm(stage, StagePlan(survey, restores, stage: stage, choice: choice))
        }
        let others = choice.isAll ? survey.others[stage.name] ?? 0 : 0
        let summary = try execute(units, stage, content, survey, others: others)
        try keepLearned(survey)
        survey.settle(
            summary.succeeded ? units : [],
            hasChanged: summary.ran + summary.restored + summary.fetched > 0)
        shared = survey
        return summary
    }

    /// Units that are named may be others than those that have changed.
    private func look() throws -> Survey {
        if force != nil || !choice.isAll {
            return try Survey(session.project, ledger: session.reader, force: force)
        }
        return try Survey.quick(session.project, ledger: session.reader)
    }

    private func execute(
        _ units: [Int], _ stage: Stage, _ content: UnitStage, _ survey: Survey, others: Int = 0
    ) throws -> StageSummary {
        if units.contains(where: { !survey.decisions[$0].isUpToDate }),
            let note = CommandTracing.note(stage)
        {
            session.emit(.note("\(stage.name): \(note)"))
        }
        let (executor, width) = try executor(of: units, stage, content, survey)
        let scheduler = try StageScheduler(
            survey, stage: stage, content: content, ledger: session.writer,
            reader: session.reader, run: session.run, executor: executor, width: width,
            isPlanned: confirm != nil, cancellation: session.cancellation, emit: session.emit)
        var summary = try scheduler.execute(units, alsoUpToDate: others)
        summary.hashedFiles = survey.facts.hashedFiles
        return summary
    }

    /// Where these units run. The values of axes are asked for here: what follows depends on them.
    private func executor(
        of units: [Int], _ stage: Stage, _ content: UnitStage, _ survey: Survey
    ) throws -> (executor: any Executor, width: Int) {
        let executors = session.project.executors
        let areAxes = units.contains { survey.graph.units[$0].isAxis }
        let name = content.executor.executor
        guard let provider = areAxes ? executors.local : executors.named(name) else {
            preconditionFailure("the definition was read with other executors: \(name)")
        }
        let width = provider.width(content.executor, jobs ?? content.jobs)
        let workerLog = "\(Project.logsPath)/run-\(session.run)/\(stage.name)-worker.log"
        var request = ExecutorProvider.Request(
            options: content.executor, stage: stage.name,
            launch: StageLaunch(
                worker: content.worker ?? [],
                environment: try session.project.python.environment(content.environment),
                workerLog: workerLog),
            root: session.project.root, run: session.run, width: width,
            basis: survey.basis, isSettled: survey.settled(stage.name),
            durations: { [session] in try session.reader.durations().mapValues(\.last) },
            cancellation: session.cancellation, emit: session.emit)
        request.files = UnitFiles(survey)
        request.shared = session.project.shared
        if case .folder(let folder, _) = try session.project.python.state() {
            request.python = folder
        }
        return (try provider.make(request), width)
    }

    private func keepLearned(_ survey: Survey) throws {
        try session.writer.rememberFiles(survey.facts.takeLearned())
    }

    /// - Parameter stage: whose units are meant; nil for all.
    private func clearStaging(_ survey: Survey, of stage: Stage?) throws {
        var staging = StagingArea(.local)
        let units = stage.map { stage in
            survey.units(of: stage.name).map { survey.graph.units[$0] }
        }
        try staging.clearAll(outputs: (units ?? survey.graph.units).flatMap(\.stagedOutputs))
    }
}

extension UnitSpec {
    package var isAxis: Bool {
        if case .axis = kind { true } else { false }
    }
}
