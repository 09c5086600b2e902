import Failures
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes

/// Files that change while units run.
extension StageScheduler {
    /// A look that is no older than this counts as one at the start of a unit: what changes in between is seen at its end.
    private static let freshNs: Int64 = 100_000_000

    /// So often a unit runs again because of what changed while it ran.
    private static let mostReruns = 3

    /// Looks at all that decides about a unit, so that it is decided about as things are now.
    ///
    /// - Throws: `Failure` where one that another unit made was altered
    ///   and is lost.
    func recheck(_ index: Int) throws {
        let unit = survey.graph.units[index]
        let since = time.nanoseconds() - Self.freshNs
        var changes = watch.look(unit.inputs, sinceNs: since)
        changes += watch.look(unit.declaredCode, sinceNs: since)
        if let success = survey.memory[unit.name]?.success {
            changes += watch.look(unit.outputs, sinceNs: since)
            for set in [success.code, success.reads] {
                changes += watch.look(at: survey.stored(set), set, sinceNs: since)
            }
        }
        if watch.hasVanished { changes += try awaitVanished(unit.inputs + unit.declaredCode) }
        apply(changes)
        if !altered.isEmpty {
            for path in unit.inputs where altered[path] != nil { try repair(path) }
        }
    }

    /// A file that is replaced may be missing for a moment: one that was there just now is waited for.
    private func awaitVanished(_ paths: [String]) throws -> [ContentWatch.Change] {
        var changes: [ContentWatch.Change] = []
        while !cancellation.isCancelled {
            let gone = paths.filter { makers[$0] == nil && watch.hasJustVanished($0) }
            if gone.isEmpty { break }
            changes += watch.look(gone, sinceNs: time.nanoseconds())
            if gone.allSatisfy(watch.hasJustVanished) {
                _ = try time.wait([(cancellation.descriptor, .readable)], timeoutMs: 20)
            }
        }
        return changes
    }

    /// What follows from files that hold something else than before.
    func apply(_ changes: [ContentWatch.Change]) {
        guard !changes.isEmpty else { return }
        survey.checker.forgetFiles()
        var isSource = false
        for change in changes {
            if makers[change.path] == nil {
                isSource = true
                moved.insert(change.path)
            } else if case .content = change.before {
                altered[change.path] = change.before
            }
        }
        // It may be code that a worker has loaded.
        if isSource { executor.retireWorkers() }
    }

    /// Puts back what a unit had made.
    private func repair(_ path: String) throws {
        guard case .content(let digest)? = altered[path] else { return }
        if survey.facts.fact(path) == .content(digest) {
            altered[path] = nil
            return
        }
        let maker = makers[path] ?? ""
        let folder = "repair-\(time.nanoseconds())"
        let paths = try staging.prepare(folder: folder, outputs: [path])
        defer { staging.clear(folder: folder, outputs: [path]) }
        guard let copy = paths.first, try store.restore(digest, to: copy) else {
            throw Failure(
                "input-altered", "\"\(path)\" was altered after \(maker) had made it",
                cause: "the store does not hold what it was", next: "make it again", run: .again)
        }
        if let old = try disk.linkStatus(path), old.kind != .directory {
            try keepForeign(path, old, ours: [digest], attempt: folder)
        }
        try disk.rename(copy, to: path)
        guard let status = try disk.status(path) else { return }
        let file = KnownFile(key: StatKey(status), digest: digest)
        watch.made(path, file)
        published[path] = file
        altered[path] = nil
        survey.checker.forgetFiles()
        emit(.note("\"\(path)\" was altered after \(maker) had made it; restored from the store"))
    }

    /// The first of these files that does not hold what it held when the unit started, or when the worker started that
    /// had loaded it.
    ///
    /// - Parameter workerStart: nanoseconds of the day's clock; nil for a command.
    func concurrentChange(
        _ job: UnitJob, inputs: [String], code: [String], workerStart: Int64?
    ) -> ConcurrentChange? {
        let now = time.nanoseconds()
        let day = time.now().nanoseconds
        // Another machine's clock may be ahead; but nothing began there before it was submitted here.
        let earliest = job.submittedNs ?? .min
        func instant(_ ns: Int64) -> (ns: Int64, dayNs: Int64) {
            let ns = max(ns - executor.clockSkewNs, earliest)
            return (ns, day - (now - ns))
        }
        let start = instant(job.startedRemotelyNs ?? job.startedNs)
        for path in inputs where !watch.isAsItWas(path, at: start.ns, dayNs: start.dayNs) {
            return ConcurrentChange(path: path, isOfWorker: false)
        }
        let loaded = workerStart.map { instant(now - (day - $0)) } ?? start
        for path in code where !watch.isAsItWas(path, at: loaded.ns, dayNs: loaded.dayNs) {
            return ConcurrentChange(path: path, isOfWorker: workerStart != nil)
        }
        return nil
    }

    /// What changed under a unit that failed, and may have failed of that.
    func concurrentChange(ofFailed job: UnitJob, observedNs: Int64) -> ConcurrentChange? {
        let unit = survey.graph.units[job.index]
        var code = unit.declaredCode
        if let set = survey.memory[unit.name]?.success?.code {
            code += survey.stored(set)?.entries.map(\.name) ?? []
        }
        apply(watch.look(unit.inputs + code, sinceNs: observedNs))
        return concurrentChange(job, inputs: unit.inputs, code: code, workerStart: nil)
    }

    struct ConcurrentChange {
        let path: String
        let isOfWorker: Bool

        var text: String {
            "\"\(path)\" changed " + (isOfWorker ? "after its worker had started" : "while it ran")
        }
    }

    /// The unit ran on something that is there no more, or on a mixture: it runs again, as things are now.
    func rerun(_ job: UnitJob, after change: ConcurrentChange) throws {
        let count = reruns[job.index, default: 0] + 1
        reruns[job.index] = count
        if isPlanned || count > Self.mostReruns {
            triesLeft[job.index] = 0
            let failure: Failure =
                isPlanned
                ? .changedSincePlan(change.path)
                : .changedMeanwhile(change.path, times: count)
            return try failed(job, failure)
        }
        let unit = survey.graph.units[job.index]
        try ledger.endAttempts([
            AttemptEnd(
                attempt: job.attempt, unit: unit.name,
                outcome: .failed(message: change.text), ended: time.now(),
                durationMs: (time.nanoseconds() - job.startedNs) / 1_000_000)
        ])
        executor.clear(attempt: job.attempt, outputs: unit.stagedOutputs)
        try settleInPlace(job.index, attempt: job.attempt)
        emit(.note("\(unit.name) runs again: \(change.text)"))
        enqueue(job.index)
    }
}
