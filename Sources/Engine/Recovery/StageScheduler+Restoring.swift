import Digests
import Paths
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix

extension StageScheduler {
    /// Fetches what the archive has of the results of these units, all at once, so that they are taken from the store then.
    func fetchShared(_ units: [Int]) throws {
        guard let shared = survey.project.shared else { return }
        let estimate = try RestoreEstimate(survey, ledger: reader)
        var contents: [Digest: Int64] = [:]
        for index in units {
            guard let fetch = estimate.fetchable[index] else { continue }
            contents.merge(fetch.contents) { $1 }
        }
        if !contents.isEmpty { arrived.formUnion(shared.fetch(contents, note: emit)) }
    }

    /// Takes a unit's outputs from the store, if it was ever run on just what it would run on now, here or where the archive has
    /// it from.
    ///
    /// - Returns: whether it did; the outputs are being published then.
    func restore(_ index: Int) throws -> Bool {
        let unit = survey.graph.units[index]
        let inputs = survey.checker.fileSet(unit.inputs)
        let candidates = PastSuccesses(
            reader: reader, checker: survey.checker, store: store, shared: survey.project.shared)
        for past in try candidates.of(unit, inputs: inputs) {
            if !past.lacking.isEmpty {
                // What its inputs are was not known when the others were fetched.
                let fetched = survey.project.shared?.fetch(past.lacking, note: emit) ?? []
                arrived.formUnion(fetched)
                guard try past.lacking.keys.allSatisfy({ try store.contains($0) }) else { continue }
            }
            if try take(past.success, for: index, inputs) { return true }
        }
        return false
    }

    private func take(
        _ past: UnitMemory.Success, for index: Int, _ inputs: ComponentSet
    ) throws -> Bool {
        let unit = survey.graph.units[index]
        let startedNs = time.nanoseconds()
        let attempt = try ledger.startAttempt(
            run: run, unit: unit.name, stage: unit.stage, reasons: reasons[index] ?? [], log: nil,
            at: time.now())
        let paths = try staging.prepare(folder: "\(attempt)", outputs: unit.outputs)
        var byPath: [String: OutputRecord] = [:]
        for output in past.outputs { byPath[output.path] = output }
        for (path, output) in zip(paths, unit.outputs) {
            guard let record = byPath[output], try restore(record, to: path, past.outputs) else {
                staging.clear(folder: "\(attempt)", outputs: unit.outputs)
                try ledger.endAttempts([
                    AttemptEnd(
                        attempt: attempt, unit: unit.name,
                        outcome: .failed(message: "the store no longer holds \"\(output)\""),
                        ended: time.now(), durationMs: 0)
                ])
                return false
            }
        }
        publishing[index] = Attempted(
            attempt: attempt, startedNs: startedNs, endedNs: time.nanoseconds(),
            temporaryPaths: paths, log: nil,
            code: survey.checker.current(past.code) ?? .empty, inputs: inputs,
            reads: survey.checker.current(past.reads) ?? .empty, result: past.result, metrics: nil,
            wasRestored: true, origin: past.origin)
        publish(
            Publisher.Job(
                index: index, temporaryPaths: paths, outputs: unit.outputs, check: nil,
                restored: past.outputs))
        return true
    }

    /// - Returns: false where the store does not have all of it.
    private func restore(
        _ record: OutputRecord, to path: String, _ all: [OutputRecord]
    ) throws -> Bool {
        guard record.form == .folder else {
            return try store.restore(
                record.digest, to: path, isExecutable: record.form == .executable,
                isHashed: arrived.contains(record.digest))
        }
        var folders: Set<String> = []
        for (name, part) in OutputFolder.parts(of: record.path, in: all) {
            let file = "\(path)/\(name)"
            let folder = PathText.folder(file)
            if folders.insert(folder).inserted { try disk.createDirectories(folder) }
            guard
                try store.restore(
                    part.digest, to: file, isExecutable: part.form == .executable,
                    isHashed: arrived.contains(part.digest))
            else { return false }
        }
        return true
    }
}
