import Digests
import Failures
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// Keeps a command that writes its outputs to their places from counting what it, or an earlier attempt, left unfinished.
///
/// Before an attempt the states of all outputs are recorded. What differs from them after a failure or a kill was touched
/// by the attempt: it is looked at, and what is not known to be whole is moved to quarantine, so that a command that passes
/// over files which are there makes it again.
struct InPlaceGuard {
    let unit: String
    let outputs: InPlaceOutputs
    let check: OutputCheck?
    let disk: any Disk
    /// Called with what was done.
    let note: (String) -> Void

    /// A file that was moved, and why.
    private struct Moved {
        let path: String
        let target: String
        let why: String
    }

    private var files: InPlaceFiles { InPlaceFiles(outputs: outputs, disk: disk) }

    // MARK: After an attempt

    /// Looks at what an attempt touched that failed or was killed.
    ///
    /// - Returns: what is to be recorded.
    /// - Throws: `Failure`, `PosixError` where something cannot be looked at: it is looked at again by the next run.
    func settle(_ record: InPlaceRecord) throws -> InPlaceRecord {
        // What differs after an attempt was looked at is somebody's: put back from the quarantine, for example.
        let isOpen = record.state == .open
        var states = try files.states()
        var moved: [Moved] = []
        for (path, state) in states.sorted(by: { $0.key < $1.key })
        where record.files[path] != state {
            guard let why = try fault(path, ofAttempt: isOpen) else { continue }
            moved.append(try move(path, record.attempt, why))
            states[path] = nil
        }
        report(moved, isOpen ? "after an attempt that did not complete" : "")
        return record.with(.failed, files: states)
    }

    /// Why a file does not count; nil where it does.
    private func fault(_ path: String, ofAttempt: Bool) throws -> String? {
        guard let check = OutputCheck.inPlace(check, path) else {
            return ofAttempt
                ? "nothing tells whether it is whole (\"check\" of the stage may)" : nil
        }
        if case .cut(let found) = try WholeFile.look(path, by: check, on: disk) {
            return "it \(found)"
        }
        return nil
    }

    // MARK: Before an attempt

    /// Clears the way for an attempt: what is there from now on counts as made under `basis`.
    ///
    /// - Parameters:
    ///   - earlier: what is recorded of the attempt before; nil for the first.
    ///   - reasons: why the unit runs.
    ///   - made: what its last success made, by path.
    ///   - digest: the content of a file; nil where there is none.
    /// - Returns: what is to be recorded before the command starts.
    func prepare(
        _ attempt: Int64, basis: Digest, earlier: InPlaceRecord?, reasons: [Reason],
        made: [String: Digest], digest: (String) throws -> Digest?
    ) throws -> InPlaceRecord {
        var moved: [Moved] = []
        let settled = try earlier.flatMap { $0.state == .done ? nil : try settle($0) }
        var states = try files.states()
        switch earlier?.state {
        case nil:
            // Made before there was a record of them: what is not whole does not count.
            for path in states.keys.sorted() {
                guard let why = try fault(path, ofAttempt: false) else { continue }
                moved.append(try move(path, attempt, why))
            }
            let kept = states.count - moved.count
            if kept > 0 {
                note("\(unit): \(kept) outputs were there before its first run, and are kept")
            }
        case .done, .open, .failed:
            let change = settled == nil ? Self.change(reasons) : Self.change(settled, basis)
            if let change, outputs.existing == .replace || reasons.contains(.forced) {
                for path in states.keys.sorted() {
                    moved.append(try move(path, attempt, change))
                }
            } else if settled == nil {
                for path in states.keys.sorted() {
                    guard let why = try alteration(path, made, digest) else { continue }
                    moved.append(try move(path, attempt, why))
                }
            } else if !states.isEmpty {
                note("\(unit): goes on from \(states.count) outputs of the attempts before")
            }
        }
        for marker in try files.markers() { _ = try move(marker, attempt, "") }
        report(moved, "")
        for file in moved { states[file.path] = nil }
        return InPlaceRecord(
            unit: unit, attempt: attempt, basis: basis, patterns: outputs.outputs.map(\.source),
            state: .open, files: states)
    }

    /// Whether a file that a success made holds something else now, and is to be made again.
    private func alteration(
        _ path: String, _ made: [String: Digest], _ digest: (String) throws -> Digest?
    ) throws -> String? {
        guard let recorded = made[path], try digest(path) != recorded else { return nil }
        guard outputs.existing == .keep else { return "it was altered after it was made" }
        return try fault(path, ofAttempt: false)
    }

    /// What has changed since a success; nil where only outputs are missing or altered.
    private static func change(_ reasons: [Reason]) -> String? {
        for reason in reasons {
            switch reason {
            case .recipe, .code, .input, .forced: return reason.text
            default: continue
            }
        }
        return nil
    }

    private static func change(_ settled: InPlaceRecord?, _ basis: Digest) -> String? {
        settled?.basis == basis ? nil : "it was made before the last change of code or inputs"
    }

    // MARK: Moving

    private func move(_ path: String, _ attempt: Int64, _ why: String) throws -> Moved {
        let target = try Quarantine(attempt: attempt, disk: disk).move(path)
        return Moved(path: path, target: target, why: why)
    }

    /// A note for each reason, with the first file that was moved for it.
    private func report(_ moved: [Moved], _ when: String) {
        var order: [String] = []
        for file in moved where !order.contains(file.why) { order.append(file.why) }
        for why in order {
            let files = moved.filter { $0.why == why }
            let more = files.count > 1 ? " and \(files.count - 1) more" : ""
            let suffix = when.isEmpty ? "" : ", looked at \(when)"
            note("\(unit): moved \(files[0].path)\(more) to \(files[0].target)\(suffix): \(why)")
        }
    }
}
