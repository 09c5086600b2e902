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

    /// A unit that was run before on just what it would run on now, here or where the archive has it from.
    struct Restorable {
        let index: Int
        let inputs: ComponentSet
        fileprivate var candidates: ArraySlice<PastSuccesses.Found>
    }

    /// - Returns: nil where it was never run so.
    func restorable(_ index: Int) throws -> Restorable? {
        let unit = survey.graph.units[index]
        let inputs = survey.checker.fileSet(unit.inputs)
        let found = try PastSuccesses(
            reader: reader, checker: survey.checker, store: store, shared: survey.project.shared
        ).of(unit, inputs: inputs)
        return found.isEmpty
            ? nil : Restorable(index: index, inputs: inputs, candidates: found[...])
    }

    /// Takes the outputs of units from the store, to be published; a unit of which it does not have all is run.
    func restore(_ units: [Restorable]) throws {
        var units = units
        while !units.isEmpty {
            var ready: [(unit: Restorable, past: UnitMemory.Success)] = []
            for var unit in units {
                if let past = try next(&unit) {
                    ready.append((unit, past))
                } else {
                    unrestorable.insert(unit.index)
                    enqueue(unit.index)
                }
            }
            units = try take(ready)
        }
    }

    /// The next candidate whose contents the store has, those that were to be fetched included.
    private func next(_ unit: inout Restorable) throws -> UnitMemory.Success? {
        while let past = unit.candidates.popFirst() {
            if !past.lacking.isEmpty {
                // What its inputs are was not known when the others were fetched.
                let fetched = survey.project.shared?.fetch(past.lacking, note: emit) ?? []
                arrived.formUnion(fetched)
                guard try past.lacking.keys.allSatisfy({ try store.contains($0) }) else { continue }
            }
            return past.success
        }
        return nil
    }

    /// - Returns: those of which the store does not have all.
    private func take(
        _ units: [(unit: Restorable, past: UnitMemory.Success)]
    ) throws -> [Restorable] {
        guard !units.isEmpty else { return [] }
        let starts = units.map { restored in
            let unit = survey.graph.units[restored.unit.index]
            return AttemptStart(
                unit: unit.name, stage: unit.stage, reasons: reasons[restored.unit.index] ?? [],
                log: nil)
        }
        let attempts = try ledger.startAttempts(starts, run: run, at: time.now())
        var failed: [Restorable] = []
        for (attempt, restored) in zip(attempts, units)
        where try !take(restored.past, for: restored.unit, attempt: attempt) {
            failed.append(restored.unit)
        }
        return failed
    }

    private func take(
        _ past: UnitMemory.Success, for restorable: Restorable, attempt: Int64
    ) throws -> Bool {
        let startedNs = time.nanoseconds()
        let index = restorable.index
        let unit = survey.graph.units[index]
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
            code: survey.checker.current(past.code) ?? .empty, inputs: restorable.inputs,
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
