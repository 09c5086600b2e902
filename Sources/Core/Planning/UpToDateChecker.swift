package import Digests
package import Failures
import PipelineModel

/// Decides about single units, from what is remembered and what is there. Pure.
///
/// One judge serves a whole plan: what units share (code sets, mostly) is looked at once.
package final class UpToDateChecker {
    private let fact: (String) -> FileFact
    private let storedSet: (Digest) -> ComponentSet?
    private var currentSets: [Digest: ComponentSet] = [:]
    /// Why files of such a set cannot be read.
    private var failures: [Digest: [Failure]] = [:]

    /// - Parameters:
    ///   - fact: what is known about a project-relative file.
    ///   - storedSet: the component set of a digest in the ledger.
    package init(
        fact: @escaping (String) -> FileFact, storedSet: @escaping (Digest) -> ComponentSet?
    ) {
        self.fact = fact
        self.storedSet = storedSet
    }

    /// The component sets of a unit as things are now.
    package struct Current {
        package let inputs: ComponentSet
        package let code: ComponentSet
        package let reads: ComponentSet
    }

    package func decide(_ unit: UnitSpec, memory: UnitMemory?) -> Decision {
        var missing: [String] = []
        var unreadable = unit.unreadable
        for path in unit.inputs {
            switch fact(path) {
            case .absent: missing.append(path)
            case .unknown(let failure): unreadable.append(failure)
            case .content: break
            }
        }
        unreadable += (unit.declaredCode + unit.outputs).compactMap(unknown)
        guard unreadable.isEmpty else {
            var seen: Set<Failure> = []
            return .unreadable(unreadable.filter { seen.insert($0).inserted })
        }
        guard missing.isEmpty else { return .missingInputs(missing) }
        guard let success = memory?.success else {
            return .restoreOrRun([Self.firstReason(memory)])
        }
        var reasons = recipeReasons(unit, success)
        let inputs = fileSet(unit.inputs)
        if inputs.digest != success.inputs {
            reasons += changes(inputs, since: success.inputs).map(Reason.input)
        }
        reasons += changedFiles(success.code, unit.declaredCode).map(Reason.code)
        reasons += changedFiles(success.reads, []).map(Reason.input)
        var lost = [success.code, success.reads].flatMap { failures[$0, default: []] }
        if reasons.isEmpty { lost += success.outputs.compactMap { unknown($0.path) } }
        guard lost.isEmpty else { return .unreadable(lost) }
        guard reasons.isEmpty else {
            if let failure = memory?.failure, !failure.wasInterrupted {
                reasons.append(.failedBefore(failure.message))
            }
            return .restoreOrRun(reasons)
        }
        let damage = outputDamage(success)
        return damage.isEmpty ? .upToDate : .restoreOrRun(damage)
    }

    /// Why the content of a file is not known; nil where it is, or where there is no such file.
    package func unknown(_ path: String) -> Failure? {
        if case .unknown(let failure) = fact(path) { failure } else { nil }
    }

    /// The set of these files with their present contents.
    package func fileSet(_ paths: [String]) -> ComponentSet {
        ComponentSet(paths.map { .init($0, fact($0).text) })
    }

    /// The code and the reads that a past attempt reported, with their present contents:
    /// equal digests mean that nothing of them has changed.
    package func current(_ recorded: Digest) -> ComponentSet? {
        if let known = currentSets[recorded] { return known }
        guard let stored = storedSet(recorded) else { return nil }
        let names = stored.entries.map(\.name)
        let current = fileSet(names)
        failures[recorded] = names.compactMap(unknown)
        currentSets[recorded] = current
        return current
    }

    /// All files that the decision about a unit rests on.
    package func paths(of unit: UnitSpec, _ memory: [String: UnitMemory]) -> Set<String> {
        var paths = Set(unit.inputs + unit.outputs + unit.declaredCode)
        if let success = memory[unit.name]?.success {
            for digest in [success.code, success.reads] {
                if let set = storedSet(digest) { paths.formUnion(set.entries.map(\.name)) }
            }
        }
        return paths
    }

    /// Forgets what was derived from files, because some have changed.
    package func forgetFiles() {
        currentSets = [:]
        failures = [:]
    }

    /// Why a unit runs that has never succeeded.
    static func firstReason(_ memory: UnitMemory?) -> Reason {
        guard let failure = memory?.failure else { return .neverRan }
        return failure.wasInterrupted ? .interrupted : .failedBefore(failure.message)
    }

    private func recipeReasons(_ unit: UnitSpec, _ success: UnitMemory.Success) -> [Reason] {
        guard unit.recipe.digest != success.recipe else { return [] }
        return changes(unit.recipe, since: success.recipe).map(Reason.recipe)
    }

    private func changes(_ now: ComponentSet, since recorded: Digest) -> [ComponentChange] {
        guard let before = storedSet(recorded) else {
            return [ComponentChange(name: "record", before: nil, after: now.digest.hex)]
        }
        return now.changes(since: before)
    }

    private func changedFiles(_ recorded: Digest, _ declared: [String]) -> [ComponentChange] {
        guard let before = storedSet(recorded), let now = current(recorded) else {
            return [ComponentChange(name: "record", before: recorded.hex, after: nil)]
        }
        var changes = now.digest == recorded ? [] : now.changes(since: before)
        let known = Set(before.entries.map(\.name))
        for path in declared where !known.contains(path) {
            changes.append(ComponentChange(name: path, before: nil, after: fact(path).text))
        }
        return changes
    }

    /// Of outputs whose state is known.
    private func outputDamage(_ success: UnitMemory.Success) -> [Reason] {
        success.outputs.compactMap { output in
            switch fact(output.path) {
            case .absent: .outputMissing(output.path)
            case .content(output.digest), .unknown: nil
            case .content: .outputAltered(output.path)
            }
        }
    }
}
