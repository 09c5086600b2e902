import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// Where a project stands: what `status` shows, before it is text or JSON.
struct StatusReport {
    let project: String
    let stages: [StagePlans.Entry]
    let current: CurrentRun?
    /// The newest run that has ended, or that was killed.
    let lastRun: RunRecord?
    /// Units whose newest attempt failed and that are to run again, newest first.
    let failures: [PastAttempt]
    let environments: [EnvironmentStatus]

    var hasWork: Bool { stages.contains { !$0.plan.isUpToDate } }
    var hasProblem: Bool { stages.contains { $0.problem != nil } }
}

/// A run that goes on now.
struct CurrentRun {
    let run: RunRecord
    let progress: RunProgress
}

/// What runs in an environment.
struct EnvironmentStatus {
    let name: String
    let live: DeploymentRecord?
    let release: ReleaseRecord?
    /// The newest deployment, if it is no success.
    let trouble: DeploymentTimeline.Entry?
}

extension RunRecord {
    /// Whether the process of the run still lives: the number, its start and the start of the machine
    /// together name a process for good.
    ///
    /// - Parameters:
    ///   - host, bootID: of this machine.
    ///   - processStart: when a process here started, nil when there is none of this number.
    func isAlive(host: String, bootID: String, processStart: (Int32) -> UInt64?) -> Bool {
        outcome == nil && self.host == host && self.bootID == bootID
            && processStart(pid) == UInt64(exactly: pidStart)
    }
}

extension StatusReport {
    init(
        _ project: Project, _ plans: StagePlans, ledger: LedgerReader?, environments names: [String]
    ) throws {
        let current = try ledger?.openRuns().first {
            $0.isAlive(host: Host.name, bootID: Host.bootID(), processStart: Host.processStart)
        }
        self.init(
            project: project.definition.project, stages: plans.stages,
            current: try current.flatMap { run in
                try ledger.map { CurrentRun(run: run, progress: try $0.progress(run: run.id)) }
            },
            lastRun: try ledger?.runs(limit: 100).first { $0.id != current?.id },
            failures: try ledger?.standingFailures().filter { !plans.isSettled($0) } ?? [],
            environments: try names.map { try EnvironmentStatus($0, ledger) })
    }
}

extension EnvironmentStatus {
    init(_ name: String, _ ledger: LedgerReader?) throws {
        let timeline = try ledger?.timeline(environment: name) ?? DeploymentTimeline([])
        let newest = timeline.entries.first
        self.init(
            name: name, live: timeline.live,
            release: try timeline.live.flatMap { try ledger?.release($0.release) },
            trouble: newest?.deployment.outcome == "live" ? nil : newest)
    }
}
