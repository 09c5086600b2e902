import Digests
import Failures
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix
import Processes

extension UnitExecutor {
    /// Something happened where the units run.
    func hear(_ news: UnitNews) throws {
        switch news {
        case .started(let job):
            emit(.unitStarted(unit: survey.graph.units[job.index].name, stage: stage.name))
        case .returned(let job):
            try takeBack(job)
        case .failed(let job, let failure):
            try failed(job, failure)
        case .done(let job, let reply, let workerStart):
            if try !wrote(job, reply, workerStart: workerStart) { place.distrust(job) }
        }
    }

    /// The unit says that it is done: its sets are fixed, and its outputs go to be published.
    ///
    /// - Returns: false when files changed under the unit, so that its worker is of yesterday.
    private func wrote(
        _ job: UnitJob, _ reply: WorkerProtocol.Reply, workerStart: Int64?
    ) throws -> Bool {
        let unit = survey.graph.units[job.index]
        let code = Set(reply.loaded ?? []).union(unit.declaredCode).sorted()
        let other = Set(reply.read ?? []).subtracting(unit.inputs).subtracting(code).sorted()
        if let hidden = hiddenProducer(of: other, for: unit) {
            try failed(job, hidden)
            return true
        }
        survey.facts.load(code + other)
        if let failure = (code + other).lazy.compactMap(survey.judge.unknown).first {
            try failed(job, failure)
            return true
        }
        if let changed = changedFile(unit.inputs + code + other, since: workerStart, code: code) {
            // Another try in this run would be decided from the same old facts.
            triesLeft[job.index] = 0
            try failed(job, .changedMeanwhile(changed))
            return false
        }
        publishing[job.index] = Attempted(
            attempt: job.attempt, startedNs: job.startedNs,
            endedNs: MonotonicClock.nanoseconds(), aside: job.aside, log: job.log,
            code: survey.judge.fileSet(code), inputs: survey.judge.fileSet(unit.inputs),
            reads: survey.judge.fileSet(other), result: reply.values.map(WorkerProtocol.json),
            metrics: WorkerProtocol.json(reply.metrics), wasRestored: false)
        publish(
            Publisher.Job(
                index: job.index, aside: job.aside, outputs: unit.outputs,
                check: unit.limits.check, restored: nil))
        return true
    }

    /// A file that another unit makes may only be read by a unit that waits for it.
    private func hiddenProducer(of reads: [String], for unit: UnitSpec) -> Failure? {
        let allowed = Set(unit.mayRead)
        for path in reads where !allowed.contains(path) {
            if let maker = makers[path] {
                return .hiddenInput(path, maker: maker)
            }
        }
        return nil
    }

    /// The first of these files that is not what the decision was made from, or code that is newer
    /// than the worker that ran it.
    private func changedFile(
        _ paths: [String], since workerStart: Int64?, code: [String]
    ) -> String? {
        for path in paths {
            let status = (try? FileSystem.status(path)) ?? nil
            let now = status.flatMap { $0.kind == .directory ? nil : StatKey($0) }
            if now != survey.facts.key(path) { return path }
        }
        guard let workerStart else { return nil }
        return code.first { (survey.facts.key($0)?.changedNs ?? 0) > workerStart }
    }

    /// A batch is on disk: it is recorded in one commit, gets its final names, and what waited for it may go on.
    func record(_ kept: [Publisher.Kept]) throws {
        var ends: [AttemptEnd] = []
        var sound: [(index: Int, attempted: Attempted, contents: [Publisher.Content])] = []
        var failures: [(index: Int, attempted: Attempted, failure: Failure)] = []
        for item in kept {
            guard let attempted = publishing.removeValue(forKey: item.index) else { continue }
            switch item.result {
            case .success(let contents):
                ends.append(end(of: item.index, attempted, contents))
                sound.append((item.index, attempted, contents))
            case .failure(let error):
                failures.append((item.index, attempted, error.failure))
            }
        }
        try ledger.endAttempts(ends)
        for (index, attempted, contents) in sound {
            do { try name(contents, of: index, attempted) } catch {
                failures.append((index, attempted, Failure(of: error)))
                continue
            }
            if attempted.wasRestored {
                aside.clear(
                    folder: "\(attempted.attempt)", outputs: survey.graph.units[index].outputs)
            } else {
                place.release(attempt: attempted.attempt)
            }
            if let log = attempted.log { logs.settle(log) }
            settle(
                index, attempted.wasRestored ? .restored : .ran, startedNs: attempted.startedNs,
                reasons: reasons[index] ?? [])
        }
        survey.judge.forgetFiles()
        for (index, attempted, failure) in failures {
            try failed(
                index, attempt: attempted.attempt, startedNs: attempted.startedNs,
                failure, log: attempted.log)
        }
    }

    /// Gives what is recorded its final names. Their states are recorded with the next batch: a file without one is
    /// read again, once.
    private func name(
        _ contents: [Publisher.Content], of index: Int, _ attempted: Attempted
    ) throws {
        for (position, path) in survey.graph.units[index].outputs.enumerated() {
            try FileSystem.rename(attempted.aside[position], to: path)
            guard let status = try FileSystem.status(path) else {
                throw Failure(
                    "output-vanished", "output \"\(path)\" has vanished",
                    next: "see what else removes files there", run: .again)
            }
            let file = KnownFile(key: StatKey(status), digest: contents[position].digest)
            survey.facts.record(path, file)
            named[path] = file
        }
    }

    /// The states of files that got their names since they were last recorded.
    private func takeNamed() -> [String: KnownFile] {
        defer { named = [:] }
        return named
    }

    func recordNamed() throws { try ledger.rememberFiles(takeNamed()) }

    private func end(
        of index: Int, _ attempted: Attempted, _ contents: [Publisher.Content]
    ) -> AttemptEnd {
        let unit = survey.graph.units[index]
        return AttemptEnd(
            attempt: attempted.attempt, unit: unit.name,
            outcome: .success(
                AttemptEnd.Success(
                    wasRestored: attempted.wasRestored, recipe: unit.recipe, code: attempted.code,
                    inputs: attempted.inputs, reads: attempted.reads,
                    artifacts: zip(unit.outputs, contents).map { path, content in
                        Artifact(
                            kind: .file, name: path, digest: content.digest, size: content.size)
                    },
                    files: takeNamed(), result: attempted.result, metrics: attempted.metrics)),
            ended: Timestamp.now(),
            durationMs: (attempted.endedNs - attempted.startedNs) / 1_000_000)
    }
}
