import Digests
import Failures
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// Units whose command writes its outputs to their places.
extension StageScheduler {
    /// Clears the way for an attempt, and records what is there, before the command starts.
    func prepareInPlace(_ index: Int, attempt: Int64) throws {
        let unit = survey.graph.units[index]
        guard let inPlace = unit.inPlace else { return }
        let earlier = try reader.inPlaceRecord(of: unit.name)
        let made = survey.memory[unit.name]?.success?.outputs ?? []  // none made yet
        let record = try inPlaceGuard(unit, inPlace).prepare(
            attempt, basis: inPlaceBasis(unit), earlier: earlier, reasons: reasons[index] ?? [],
            made: Dictionary(made.map { ($0.path, $0.digest) }) { first, _ in first }
        ) { path in
            survey.facts.forget(path)
            switch survey.facts.fact(path) {
            case .content(let digest): return digest
            case .absent: return nil
            case .unknown(let failure): throw failure
            }
        }
        for path in unit.outputs { survey.facts.forget(path) }
        inPlaceFiles[index] = record.files
        try ledger.record(record)
    }

    /// All that decides what the command makes, as far as it is known before it runs.
    private func inPlaceBasis(_ unit: UnitSpec) -> Digest {
        let success = survey.memory[unit.name]?.success
        func now(_ recorded: Digest?) -> Digest {
            recorded.flatMap { survey.checker.current($0) }?.digest ?? ComponentSet.empty.digest
        }
        return Fingerprint.of(
            recipe: unit.recipe.digest,
            code: Digest.of(
                survey.checker.fileSet(unit.declaredCode).digest.hex + now(success?.code).hex),
            inputs: survey.checker.fileSet(unit.inputs).digest, reads: now(success?.reads))
    }

    private func inPlaceGuard(_ unit: UnitSpec, _ inPlace: InPlaceOutputs) -> InPlaceGuard {
        InPlaceGuard(
            unit: unit.name, outputs: inPlace, check: unit.limits.check, disk: disk,
            note: { [emit] in emit(.note($0)) })
    }

    /// The attempt failed or was stopped: what it left unfinished is moved away at once.
    func settleInPlace(_ index: Int, attempt: Int64) throws {
        let unit = survey.graph.units[index]
        guard let inPlace = unit.inPlace, let record = try reader.inPlaceRecord(of: unit.name),
            record.attempt == attempt, record.state == .open
        else { return }
        try ledger.record(inPlaceGuard(unit, inPlace).settle(record))
        for path in unit.outputs { survey.facts.forget(path) }
        inPlaceFiles[index] = nil
    }

    /// The command has ended well: what it wrote is looked at and recorded.
    func completedInPlace(
        _ job: UnitJob, _ inPlace: InPlaceOutputs, code: ComponentSet, inputs: ComponentSet,
        reads: ComponentSet
    ) throws {
        let unit = survey.graph.units[job.index]
        let ended = time.nanoseconds()
        let files = InPlaceFiles(outputs: inPlace, disk: disk)
        let contents: [(path: String, file: KnownFile)]
        do {
            let states = try files.states()
            try check(states, of: unit, files, before: inPlaceFiles[job.index] ?? [:])
            contents = try hash(states)
            try synchronize(states)
        } catch {
            return try failed(job, Failure(of: error))
        }
        inPlaceFiles[job.index] = nil
        var known: [String: KnownFile] = [:]
        for (path, file) in contents {
            known[path] = file
            altered[path] = nil
        }
        try ledger.endAttempts([
            AttemptEnd(
                attempt: job.attempt, unit: unit.name,
                outcome: .success(
                    .init(
                        wasRestored: false, recipe: unit.recipe, code: code, inputs: inputs,
                        reads: reads,
                        artifacts: contents.map {
                            Artifact(
                                kind: .file, name: $0.path, digest: $0.file.digest,
                                size: $0.file.key.size)
                        },
                        files: known, result: nil)),
                ended: time.now(), durationMs: (ended - job.startedNs) / 1_000_000)
        ])
        try ledger.record(
            InPlaceRecord(
                unit: unit.name, attempt: job.attempt, basis: inPlaceBasis(unit),
                patterns: inPlace.outputs.map(\.source), state: .done, files: [:]))
        executor.release(attempt: job.attempt)
        logs.settle(job.log)
        survey.checker.forgetFiles()
        settle(job.index, .ran, startedNs: job.startedNs, reasons: reasons[job.index] ?? [])
    }

    private func check(
        _ states: [String: StatKey], of unit: UnitSpec, _ files: InPlaceFiles,
        before: [String: StatKey]
    ) throws {
        let missing = files.unmatched(states.keys)
        let lost = missing.first { !$0.isPattern }
        if let lost = lost ?? (states.isEmpty ? missing.first : nil) {
            throw OutputChecks.Refused(
                "output-missing", "the declared output \"\(lost.source)\" was not written.",
                next:
                    "correct \"outputs\", or see the unit's log; a command that writes to the path "
                    + "that it is given has {output} on its command line")
        }
        for pattern in missing {
            emit(.note("\(unit.name): nothing matches its output \"\(pattern.source)\""))
        }
        // Only outputs made it run: what it did not make again, it never will.
        let wanted = (reasons[survey.index(of: unit)] ?? []).compactMap { reason in
            if case .outputMissing(let path) = reason { path } else { nil as String? }
        }
        if let path = wanted.first(where: { states[$0] == nil }) {
            throw OutputChecks.Refused(
                "output-missing", "the output \"\(path)\" was missing, and was not made again.",
                next: "a file by which the command sees that it is done belongs under \"markers\"; "
                    + "to make everything again, run it with --force")
        }
        for (path, state) in states.sorted(by: { $0.key < $1.key }) {
            if let other = makers[path], other != unit.name {
                throw OutputChecks.Refused(
                    "same-output",
                    "\"\(other)\" and \"\(unit.name)\" would both write \"\(path)\"",
                    next: "give each its own output")
            }
            guard before[path] != state, let check = OutputCheck.inPlace(unit.limits.check, path),
                case .cut(let found) = try WholeFile.look(path, by: check, on: disk)
            else { continue }
            throw OutputChecks.refused(path, found, by: check)
        }
    }

    private func hash(_ states: [String: StatKey]) throws -> [(path: String, file: KnownFile)] {
        let paths = states.keys.sorted()
        for path in paths { survey.facts.forget(path) }
        survey.facts.load(paths)
        return try paths.compactMap { path in
            switch survey.facts.fact(path) {
            case .content(let digest):
                survey.facts.key(path).map { (path, KnownFile(key: $0, digest: digest)) }
            case .absent: nil
            case .unknown(let failure): throw failure
            }
        }
    }

    /// One call for each file system: a power cut takes nothing back that is recorded.
    private func synchronize(_ states: [String: StatKey]) throws {
        var devices: Set<Int64> = []
        for (path, state) in states where devices.insert(state.device).inserted {
            try disk.synchronizeFileSystem(containing: PathText.folder(path))
        }
    }

    /// How far a command is, by the files that it has made: shown now and then.
    func countOutputs(_ nowNs: Int64) {
        guard nowNs >= nextCountNs else { return }
        for (index, before) in inPlaceFiles {
            guard let inPlace = survey.graph.units[index].inPlace,
                let states = try? InPlaceFiles(  // try?: it is only shown
                    outputs: inPlace, disk: disk
                ).states()
            else { continue }
            let new = states.count { before[$0.key] != $0.value }
            let all = survey.memory[survey.graph.units[index].name]?.success?.outputs.count
            let text =
                "\(states.count) files" + (all.map { " of \($0)" } ?? "") + ", \(new) in this run"
            if text != lastCount { emit(.progress(stage: stage.name, text: text)) }
            lastCount = text
        }
        // Looking takes at most a twentieth of the time.
        let took = time.nanoseconds() - nowNs
        nextCountNs = nowNs + max(2_000_000_000, took * 20)
    }
}
