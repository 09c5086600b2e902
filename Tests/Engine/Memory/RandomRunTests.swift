import Digests
import PipelinePlanning
import Testing

@testable import PipelineEngine

/// Random graphs, random failures, kills, errors of the disk, interrupts and edits, until a run is left alone: what must hold
/// whatever happens.
@Suite struct RandomRunTests {
    /// SplitMix64: the same numbers everywhere for the same seed.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let sources = 4

    /// Each unit reads some of the sources and of the units before it.
    private func project(_ seed: UInt64, _ numbers: inout Numbers) throws -> MemoryProject {
        let count = Int.random(in: 3...14, using: &numbers)
        var units: [String] = []
        for unit in 0..<count {
            let candidates =
                (0..<Self.sources).map { "in/\($0)" } + (0..<unit).map { "out/\($0)" }
            let inputs = candidates.shuffled(using: &numbers)
                .prefix(Int.random(in: 1...3, using: &numbers))
            let outputs =
                Bool.random(using: &numbers) ? "out/\(unit)" : "[out/\(unit), more/\(unit)]"
            units.append(
                "      u\(unit): { command: x, inputs: [\(inputs.joined(separator: ", "))], "
                    + "outputs: \(outputs), retries: \(Int.random(in: 0...2, using: &numbers)) }")
        }
        let definition =
            "project: p\nstages:\n  make:\n    kind: compile\n    units:\n"
            + units.joined(separator: "\n") + "\n"
        var files: [String: String] = [:]
        for source in 0..<Self.sources { files["in/\(source)"] = "source \(source)" }
        let project = try MemoryProject(definition, files: files, name: "random-\(seed)")
        // Some outputs say little of what was read, so that changes end at them.
        project.compute = { name, inputs in
            let digest = Digest.of("\(name) \(inputs)").hex
            return name.hasSuffix("3") ? String(digest.prefix(1)) : digest
        }
        return project
    }

    /// One run in which something may go wrong.
    private func step(_ project: MemoryProject, _ numbers: inout Numbers) throws
        -> MemoryProject.Run
    {
        var chances = Numbers(state: numbers.next())
        let doomed = Double.random(in: 0...0.4, using: &numbers)
        project.behaviour = { _, _ in
            MemoryProject.Behaviour(
                milliseconds: Int64.random(in: 1...60, using: &chances),
                failure: Double.random(in: 0...1, using: &chances) < doomed ? "chance" : nil)
        }
        if Int.random(in: 0...2, using: &numbers) == 0 {
            let source = Int.random(in: 0..<Self.sources, using: &numbers)
            let text = "edit \(Int.random(in: 0...2, using: &numbers))"
            project.time.schedule(inMs: Int64.random(in: 0...150, using: &numbers)) {
                project.disk.write("in/\(source)", text)
            }
        }
        let slots = Int.random(in: 1...4, using: &numbers)
        let number = Int.random(in: 1...600, using: &numbers)
        switch Int.random(in: 0...4, using: &numbers) {
        case 0, 1: return try project.run(slots: slots, fault: .kill(at: number))
        case 2: return try project.run(slots: slots, fault: .error(at: number))
        case 3:
            return try project.run(
                slots: slots, interruptedAtMs: Int64.random(in: 0...150, using: &numbers))
        default: return try project.run(slots: slots)
        }
    }

    @Test(
        "whatever goes wrong, nothing recorded is lost or made again, each unit ends once, and in the end all is right",
        arguments: 0..<12)
    func anything(block: UInt64) throws {
        for seed in block * 25..<(block + 1) * 25 {
            var numbers = Numbers(state: seed)
            let project = try project(seed, &numbers)
            for _ in 0..<Int.random(in: 1...6, using: &numbers) {
                let recorded = try recordedWork(project)
                let before = project.begun.count
                let run = try step(project, &numbers)
                #expect(try project.lostOutputs().isEmpty, "seed \(seed)")
                #expect(Set(run.ends.map(\.unit)).count == run.ends.count, "seed \(seed)")
                let again = project.begun[before...].map { "\($0.unit) of \($0.inputs)" }
                    .filter(recorded.contains)
                #expect(again.isEmpty, "seed \(seed): made again though recorded")
            }
            project.behaviour = { _, _ in .init() }
            let last = try project.run()
            #expect(last.succeeded, "seed \(seed): \(last)")
            #expect(try project.wrongOutputs().isEmpty, "seed \(seed)")
            let idle = try project.run()
            #expect(idle.succeeded && idle.ends.isEmpty, "seed \(seed): \(idle.ends)")
        }
    }

    /// Units that are recorded as done, with what they read, whose outputs the store has.
    private func recordedWork(_ project: MemoryProject) throws -> Set<String> {
        var done: Set<String> = []
        let memory = try project.memory()
        for (unit, inputs) in project.begun {
            guard let success = memory[unit]?.success else { continue }
            let made = success.outputs.allSatisfy { output in
                Digest.of(project.compute("\(unit) \(output.path)", inputs)) == output.digest
            }
            if made { done.insert("\(unit) of \(inputs)") }
        }
        return done
    }
}
