import Digests
import Failures
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix
import Processes

extension StageScheduler {
    /// Something happened where the units run.
    ///
    /// - Parameter observedNs: what is looked at after this monotonic time is looked at after what happened.
    func handle(_ event: ExecutorEvent, observedNs: Int64) throws {
        switch event {
        case .started(let job):
            emit(.unitStarted(unit: survey.graph.units[job.index].name, stage: stage.name))
        case .returned(let job):
            try withdraw(job)
        case .failed(let job, let failure):
            if let found = concurrentChange(ofFailed: job, observedNs: observedNs) {
                try rerun(job, after: found)
            } else {
                try failed(job, failure)
            }
        case .done(let job, let reply, let workerStart):
            if try !completed(job, reply, workerStart: workerStart, observedNs: observedNs) {
                executor.retireWorker(of: job)
            }
        }
    }

    /// The unit has ended well: its sets are fixed, and its outputs go to be published.
    ///
    /// - Returns: false when files changed under the unit, so that its worker is of yesterday.
    private func completed(
        _ job: UnitJob, _ reply: WorkerProtocol.Reply, workerStart: Int64?, observedNs: Int64
    ) throws -> Bool {
        let unit = survey.graph.units[job.index]
        let reply = sorted(reply, of: unit)
        let code = Set(reply.loaded ?? []).union(unit.declaredCode).sorted()
        let other = Set(reply.read ?? []).subtracting(unit.inputs).subtracting(code).sorted()
        if let hidden = hiddenProducer(of: other, for: unit) {
            try failed(job, hidden)
            return true
        }
        if unit.isAxis, reply.values == nil {
            try failed(job, .workerAnswer("it has no values of the axis", ""))
            return true
        }
        let inputs = unit.inputs + other
        apply(watch.look(inputs + code, sinceNs: observedNs))
        // What it ran on cannot be determined.
        if let failure = (inputs + code).lazy.compactMap(survey.checker.unknown).first {
            try failed(job, failure)
            return true
        }
        if let found = concurrentChange(job, inputs: inputs, code: code, workerStart: workerStart) {
            try rerun(job, after: found)
            return !found.isOfWorker
        }
        if let inPlace = unit.inPlace {
            try completedInPlace(
                job, inPlace, code: survey.checker.fileSet(code),
                inputs: survey.checker.fileSet(unit.inputs), reads: survey.checker.fileSet(other))
            return true
        }
        publishing[job.index] = Attempted(
            attempt: job.attempt, startedNs: job.startedNs,
            endedNs: time.nanoseconds(), temporaryPaths: job.temporaryPaths, log: job.log,
            code: survey.checker.fileSet(code), inputs: survey.checker.fileSet(unit.inputs),
            reads: survey.checker.fileSet(other), result: reply.values.map(WorkerProtocol.json),
            metrics: WorkerProtocol.json(reply.metrics), wasRestored: false)
        publish(
            Publisher.Job(
                index: job.index, temporaryPaths: job.temporaryPaths, outputs: unit.outputs,
                check: unit.limits.check, restored: nil))
        return true
    }

    /// A file that another unit makes may only be read by a unit that waits for it.
    private func hiddenProducer(of reads: [String], for unit: UnitSpec) -> Failure? {
        let allowed = Set(unit.mayRead)
        let known = allowed.union(unit.inputs).union(unit.outputs)
        for path in reads where !allowed.contains(path) {
            // A file of a folder that a unit makes is that folder's.
            for whole in [path] + PathText.ancestors(path) {
                guard let maker = makers[whole] else { continue }
                if whole != path, known.contains(whole) { break }
                if isMadeBefore(maker) { break }
                return .hiddenInput(whole, maker: maker)
            }
        }
        return nil
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
                staging.clear(
                    folder: "\(attempted.attempt)", outputs: survey.graph.units[index].outputs)
            } else {
                executor.release(attempt: attempted.attempt)
            }
            if let log = attempted.log { logs.settle(log) }
            let outcome: UnitEnd.Outcome =
                attempted.origin.map { .fetched(by: $0.author) }
                ?? (attempted.wasRestored ? .restored : .ran)
            settle(
                index, outcome, startedNs: attempted.startedNs, reasons: reasons[index] ?? [])
        }
        survey.project.shared?.resultsWereRecorded()
        survey.checker.forgetFiles()
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
            try clearPath(for: path, of: index, attempted, contents)
            try disk.rename(attempted.temporaryPaths[position], to: path)
        }
        for content in contents where content.form != .folder {
            guard let status = try disk.status(content.path) else {
                throw Failure(
                    "output-vanished", "output \"\(content.path)\" has vanished",
                    next: "see what else removes files there", run: .again)
            }
            let file = KnownFile(key: StatKey(status), digest: content.digest)
            watch.made(content.path, file)
            altered[content.path] = nil
            published[content.path] = file
        }
        for content in contents where content.form == .folder {
            survey.facts.record(folder: content.path, content.digest)
        }
    }

    /// The states of files that got their names since they were last recorded.
    private func takePublished() -> [String: KnownFile] {
        defer { published = [:] }
        return published
    }

    func recordPublished() throws { try ledger.rememberFiles(takePublished()) }

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
                    artifacts: contents.map { content in
                        Artifact(
                            kind: .file, name: content.path, digest: content.digest,
                            size: content.size, form: content.form)
                    },
                    files: takePublished(), result: attempted.result, metrics: attempted.metrics,
                    origin: attempted.origin)),
            ended: time.now(),
            durationMs: (attempted.endedNs - attempted.startedNs) / 1_000_000)
    }
}
