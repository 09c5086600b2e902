import Digests
import PipelineLedger
import PipelinePlanning
import PipelineStore
import Posix

extension UnitExecutor {
    /// Takes a unit's outputs from the store, if it was ever run on just what it would run on now.
    ///
    /// - Returns: whether it did; the outputs are being published then.
    func restore(_ index: Int) throws -> Bool {
        let unit = survey.graph.units[index]
        let inputs = survey.judge.fileSet(unit.inputs)
        let candidates = PastSuccesses(reader: reader, judge: survey.judge, store: store)
        for past in try candidates.of(unit, inputs: inputs) {
            if try take(past, for: index, inputs) { return true }
        }
        return false
    }

    private func take(
        _ past: UnitMemory.Success, for index: Int, _ inputs: ComponentSet
    ) throws -> Bool {
        let unit = survey.graph.units[index]
        let startedNs = MonotonicClock.nanoseconds()
        let attempt = try ledger.startAttempt(
            run: run, unit: unit.name, stage: unit.stage, reasons: reasons[index] ?? [], log: nil,
            at: Timestamp.now())
        let paths = try aside.prepare(folder: "\(attempt)", outputs: unit.outputs)
        var byPath: [String: Digest] = [:]
        for output in past.outputs { byPath[output.path] = output.digest }
        var digests: [Digest] = []
        for (path, output) in zip(paths, unit.outputs) {
            guard let digest = byPath[output], try store.restore(digest, to: path) else {
                aside.clear(folder: "\(attempt)", outputs: unit.outputs)
                try ledger.endAttempts([
                    AttemptEnd(
                        attempt: attempt, unit: unit.name,
                        outcome: .failed(message: "the store no longer holds \"\(output)\""),
                        ended: Timestamp.now(), durationMs: 0)
                ])
                return false
            }
            digests.append(digest)
        }
        publishing[index] = Attempted(
            attempt: attempt, startedNs: startedNs, endedNs: MonotonicClock.nanoseconds(),
            aside: paths, log: nil,
            code: survey.judge.current(past.code) ?? .empty, inputs: inputs,
            reads: survey.judge.current(past.reads) ?? .empty, result: past.result, metrics: nil,
            wasRestored: true)
        publish(
            Publisher.Job(
                index: index, aside: paths, outputs: unit.outputs, check: nil, restored: digests))
        return true
    }
}
