import Digests
import Failures
import PipelineModel
import PipelinePlanning

/// Files, memories and sets for planning without a disk: what there is, and what is remembered.
struct Scene {
    var files: [String: String] = [:]
    var memory: [String: UnitMemory] = [:]
    var sets: [Digest: ComponentSet] = [:]
    /// Files that are there and cannot be read.
    var unreadable: Set<String> = []

    static func failure(_ path: String) -> Failure { Failure("system-call", "read \(path)") }

    func fact(_ path: String) -> FileFact {
        if unreadable.contains(path) { return .unknown(Self.failure(path)) }
        return files[path].map { .content(Digest.of($0)) } ?? .absent
    }

    func checker() -> UpToDateChecker {
        let (scene, sets) = (self, sets)
        return UpToDateChecker(fact: scene.fact, storedSet: { sets[$0] })
    }

    static func unit(
        _ name: String, inputs: [String] = [], mayRead: [String] = [], outputs: [String],
        recipe: [String: String] = ["command": "c"], code: [String] = []
    ) -> UnitSpec {
        UnitSpec(
            name: name, stage: "s", template: name, kind: .worker(function: name),
            parameters: [:], inputs: inputs, mayRead: mayRead, outputs: outputs,
            recipe: ComponentSet(recipe.map { .init($0.key, $0.value) }), declaredCode: code,
            limits: UnitLimits(check: nil, timeout: nil, retries: 0, memory: nil))
    }

    /// The unit has run on what there is now, and has written what there is now.
    mutating func remember(_ unit: UnitSpec, code: [String] = [], reads: [String] = []) {
        let checker = self.checker()
        let sets = (
            code: checker.fileSet((code + unit.declaredCode).sorted()),
            inputs: checker.fileSet(unit.inputs), reads: checker.fileSet(reads)
        )
        for set in [unit.recipe, sets.code, sets.inputs, sets.reads] { self.sets[set.digest] = set }
        memory[unit.name] = UnitMemory(
            success: UnitMemory.Success(
                attempt: 1, recipe: unit.recipe.digest, code: sets.code.digest,
                inputs: sets.inputs.digest, reads: sets.reads.digest,
                outputs: unit.outputs.map {
                    OutputRecord(
                        path: $0, digest: Digest.of(files[$0] ?? ""),
                        size: Int64(files[$0]?.utf8.count ?? 0))
                }, result: nil))
    }

    func plan(_ units: [UnitSpec], force: Bool = false) throws -> [Decision] {
        UnitPlanner.plan(
            try UnitGraph(units), checker: checker(), memory: memory, force: { _ in force })
    }
}
