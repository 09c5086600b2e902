import BatchExecution
import Digests
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
    /// What units made that the definition no longer has.
    var stale: [StaleOutput] = []
    /// What is to be said of other paths at which such units once made something.
    var former: [String] = []

    var hasWork: Bool { stages.contains { !$0.plan.isUpToDate } }
    var hasProblem: Bool { stages.contains { $0.problem != nil } }
}

/// The active run.
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
    var slots: [SlotStatus] = []
    /// How it differs from what the project would make now; nil where that was not looked at.
    var drift: Drift?

    enum Drift: Hashable {
        case none
        /// What a run would change there, or begin with.
        case differs([String])
        case unknown
    }
}

/// A data folder of an environment.
struct SlotStatus: Hashable {
    let name: String
    /// On record.
    let state: SlotRecord.State
    let manifest: Digest?
    /// The releases whose data that is, newest first.
    let releases: [Int64]
    let isLive: Bool
    /// nil where the slot was not asked.
    let answer: StagePlan.SlotAnswer?

    /// Whether the slot says something else than what is on record.
    var hasDrifted: Bool {
        guard state == .complete, let answer else { return false }
        return manifest.map { answer != .holds($0) } ?? false
    }
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
                try ledger.map { ledger in
                    var progress = try ledger.progress(run: run.id)
                    if let queue = try QueueReport.read(run: run.id) { progress.add(queue) }
                    return CurrentRun(run: run, progress: progress)
                }
            },
            lastRun: try ledger?.runs(limit: 100).first { $0.id != current?.id },
            failures: try ledger?.standingFailures().filter { !plans.isSettled($0) } ?? [],
            environments: try names.map { name in
                var status = try EnvironmentStatus(name, ledger)
                let isPlanned = name == plans.environment
                status.slots = try SlotStatus.all(
                    of: status, ledger,
                    answers: isPlanned ? plans.stages.map(\.plan.slots) : [])
                if isPlanned { status.drift = EnvironmentStatus.Drift(plans.stages) }
                return status
            })
        stale = plans.survey.stale
        former = plans.survey.former.compactMap(\.text)
    }
}

extension RunProgress {
    /// Those that wait in the cluster's queue have been submitted, and do not run.
    fileprivate mutating func add(_ queue: QueueReport) {
        let begun = Set(queue.running)
        let submitted = running.count
        running = running.filter(begun.contains)
        waiting = submitted - running.count
        waits = queue.waits
        self.queue = queue.queue
    }
}

extension EnvironmentStatus {
    init(_ name: String, _ ledger: LedgerReader?) throws {
        let timeline = try ledger?.timeline(environment: name) ?? DeploymentTimeline([])
        let newest = timeline.entries.first
        self.init(
            name: name, live: timeline.live,
            release: try timeline.live.flatMap { try ledger?.release(id: $0.releaseID) },
            trouble: newest?.deployment.outcome == "live" ? nil : newest)
    }
}

extension EnvironmentStatus.Drift {
    init(_ stages: [StagePlans.Entry]) {
        if stages.contains(where: { $0.problem != nil }) {
            self = .unknown
            return
        }
        let open = stages.map(\.plan).filter { !$0.isUpToDate }
        guard let first = open.first else {
            self = .none
            return
        }
        // What comes last says it best, where it can be determined already.
        let last = open.last { plan in plan.work.contains { $0.action == .run } } ?? first
        let isCertain = last.stage == open.last?.stage
        let texts = last.work.flatMap(\.reasons).map(ShortDigest.shortened)
        let names = open.map(\.stage).joined(separator: ", ")
        self = .differs(
            isCertain
                ? texts : ["work in \(open.count == 1 ? "stage" : "stages") \(names)"])
    }
}

extension SlotStatus {
    static func all(
        of environment: EnvironmentStatus, _ ledger: LedgerReader?,
        answers: [[String: StagePlan.SlotAnswer]]
    ) throws -> [SlotStatus] {
        guard let ledger else { return [] }
        let releases = try ledger.releases(environment: environment.name)
        let said = answers.reduce(into: [:]) { $0.merge($1) { $1 } }
        return try ledger.slots(environment: environment.name).map { slot in
            SlotStatus(
                name: slot.name, state: slot.state, manifest: slot.manifest,
                releases: releases.filter { $0.manifest == slot.manifest }.map(\.number),
                isLive: environment.live?.slot == slot.name, answer: said[slot.name])
        }
    }
}
