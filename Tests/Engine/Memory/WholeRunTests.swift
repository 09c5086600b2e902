import Failures
import PipelinePlanning
import Posix
import Testing

@testable import PipelineEngine

/// Whole runs, with restarts, in which no process is started and no file is made: the scheduler, the survey, publishing, the
/// store and the ledger are the real ones; the disk, the clock and the units are models.
@Suite struct WholeRunTests {
    /// `a/N` from `in/N`, `b/N` from `a/N`, and `sum` of all `b`.
    private func layers(_ count: Int, limits: String = "", name: String) throws -> MemoryProject {
        let definition = """
            project: p
            stages:
              make:
                kind: compile
                units:
                  a: { matrix: { n: { from: 1, to: \(count) } }, command: "x {n}", inputs: "in/{n}", outputs: "a/{n}" }
                  b: { matrix: { n: { from: 1, to: \(count) } }, command: "x {n}", inputs: "a/{n}", outputs: "b/{n}" }
                  sum: { command: x, inputs: "b/*", outputs: sum }
            \(limits)
            """
        var files: [String: String] = [:]
        for number in 1...count { files["in/\(number)"] = "source \(number)" }
        return try MemoryProject(definition, files: files, name: name)
    }

    @Test("thousands of units run once each; the next run starts none and hashes nothing")
    func thousands() throws {
        let project = try layers(1500, name: "thousands")
        let first = try project.run(slots: 8)
        #expect(first.succeeded, "\(String(describing: first.error))")
        #expect(first.units(.ran).count == 3001)
        #expect(project.begun.count == 3001)
        #expect(try project.wrongOutputs().isEmpty)
        let second = try project.run(slots: 8)
        #expect(second.succeeded && second.ends.isEmpty)
        #expect(second.hashedFiles == 0)
        #expect(project.begun.count == 3001)
    }

    @Test(
        "a unit that fails is tried again as often as it may be; what needs it is blocked, the rest runs"
    )
    func failures() throws {
        let project = try layers(4, limits: "    retries: 2", name: "failures")
        project.behaviour = { unit, count in
            let fails = unit == "make/a/2" && count < 2 || unit == "make/a/3" && count < 4
            return .init(failure: fails ? "broken" : nil)
        }
        let first = try project.run()
        #expect(first.failed == ["make/a/3"])
        #expect(first.units(.blocked(by: "make/a/3")) == ["make/b/3"])
        #expect(first.units(.blocked(by: "make/b/3")) == ["make/sum"])
        #expect(first.units(.ran).count == 6)
        #expect(project.begun.count { $0.unit == "make/a/2" } == 3)
        #expect(project.begun.count { $0.unit == "make/a/3" } == 3)
        // The fifth time it succeeds, which is the second of the next run.
        let second = try project.run()
        #expect(second.succeeded)
        #expect(second.units(.ran) == ["make/a/3", "make/b/3", "make/sum"])
        #expect(try project.wrongOutputs().isEmpty)
    }

    @Test("an interrupted run keeps what is complete, and the next one does the rest")
    func interrupted() throws {
        let project = try layers(50, name: "interrupted")
        let first = try project.run(slots: 4, interruptedAtMs: 120)
        let done = Set(first.units(.ran))
        #expect(!first.succeeded && done.count > 20 && done.count < 90)
        #expect(first.units(.interrupted).count == 4)
        let second = try project.run()
        #expect(second.succeeded)
        #expect(done.isDisjoint(with: second.units(.ran)))
        #expect(second.units(.ran).count == 101 - done.count)
        #expect(try project.wrongOutputs().isEmpty)
    }

    @Test("killed at each operation on the disk in turn, a run loses nothing that it has recorded")
    func killedAnywhere() throws {
        let whole = try layers(3, name: "whole").run(slots: 2)
        #expect(whole.succeeded && whole.operations > 100)
        for number in 1...whole.operations {
            let project = try layers(3, name: "killed-\(number)")
            let first = try project.run(slots: 2, fault: .kill(at: number))
            #expect(first.wasKilled, "operation \(number)")
            #expect(try project.lostOutputs().isEmpty, "operation \(number)")
            let recorded = Set(try project.memory().filter { $0.value.success != nil }.keys)
            let before = project.begun.count
            let second = try project.run(slots: 2)
            #expect(second.succeeded, "operation \(number): \(second)")
            let again = recorded.intersection(project.begun[before...].map(\.unit))
            #expect(again.isEmpty, "operation \(number): run again though recorded: \(again)")
            #expect(try project.wrongOutputs().isEmpty, "operation \(number)")
        }
    }

    @Test("each operation on the disk in turn fails once: the next run makes everything right")
    func failingDisk() throws {
        let operations = try layers(2, name: "sound").run(slots: 2).operations
        for number in 1...operations {
            let project = try layers(2, name: "error-\(number)")
            _ = try project.run(slots: 2, fault: .error(at: number))
            #expect(try project.lostOutputs().isEmpty, "operation \(number)")
            let second = try project.run(slots: 2)
            #expect(second.succeeded, "operation \(number): \(second)")
            #expect(try project.wrongOutputs().isEmpty, "operation \(number)")
        }
    }

    @Test("a unit whose output stays the same ends the change: what reads it does not run")
    func cutOff() throws {
        let project = try layers(3, name: "cutoff")
        // Of what it reads, `a` looks at the length alone.
        project.compute = { name, inputs in
            name.contains("/a/") ? "\(inputs.map(\.count))" : "\(name): \(inputs)"
        }
        #expect(try project.run().succeeded)
        project.disk.write("in/2", "SOURCE 2")
        project.time.pass(ms: 1000)
        let second = try project.run()
        #expect(second.succeeded)
        #expect(second.units(.ran) == ["make/a/2"])
        #expect(second.units(.unchanged) == ["make/b/2", "make/sum"])
    }

    @Test("what was made before of the same content comes from the store")
    func cacheHits() throws {
        let project = try layers(3, name: "cache")
        #expect(try project.run().succeeded)
        for text in ["other", "source 2"] {
            project.disk.write("in/2", text)
            project.time.pass(ms: 1000)
            let run = try project.run()
            #expect(run.succeeded)
            let changed = ["make/a/2", "make/b/2", "make/sum"]
            #expect(run.units(text == "other" ? .ran : .restored) == changed)
            #expect(try project.wrongOutputs().isEmpty)
        }
        #expect(project.begun.count == 10)
        // An output that somebody has removed comes from there too.
        project.disk.delete("b/1")
        #expect(try project.run().units(.restored) == ["make/b/1"])
    }

    @Test(
        "an input that changes while its unit runs makes it run again, on what the input holds then"
    )
    func changedMeanwhile() throws {
        let project = try layers(3, name: "changed")
        project.time.schedule(inMs: 5) { project.disk.write("in/2", "changed in mid-run") }
        let run = try project.run()
        #expect(run.succeeded)
        #expect(run.notes.contains { $0.contains("make/a/2 runs again: \"in/2\" changed") })
        #expect(project.begun.count { $0.unit == "make/a/2" } == 2)
        #expect(try project.wrongOutputs().isEmpty)
        #expect(try project.run().ends.isEmpty)
    }

    @Test("an input that changes each time that its unit runs fails it, after some times")
    func changedAgainAndAgain() throws {
        let project = try layers(1, name: "restless")
        project.behaviour = { unit, count in
            if unit == "make/a/1" {
                project.time.schedule(inMs: 5) { project.disk.write("in/1", "number \(count)") }
            }
            return .init()
        }
        let run = try project.run()
        #expect(run.failed == ["make/a/1"])
        #expect(run.ends.first?.failure?.code == "input-changed")
        #expect(project.begun.count == 4)
    }

    @Test("an intermediate file that somebody alters in mid-run is put back from the store")
    func altered() throws {
        let project = try layers(3, name: "altered")
        project.behaviour = { unit, _ in
            // `sum` has not looked at it yet, since `b/1` takes long.
            if unit == "make/b/1" {
                project.time.schedule(inMs: 500) {
                    // A file of its own: the store and the output may be one file under two names.
                    project.disk.delete("b/2")
                    project.disk.write("b/2", "tampered")
                }
            }
            return .init(milliseconds: unit == "make/b/1" ? 1000 : 10)
        }
        let run = try project.run()
        #expect(run.succeeded)
        #expect(
            run.notes.contains { $0.contains("\"b/2\" was altered after make/b/2 had made it") })
        #expect(try project.wrongOutputs().isEmpty)
    }

    @Test("a file of somebody's at the path of an output is kept")
    func foreign() throws {
        let project = try layers(1, name: "foreign")
        project.disk.write("a/1", "mine")
        project.time.pass(ms: 1000)
        let run = try project.run()
        #expect(run.succeeded)
        #expect(run.notes.contains { $0.hasPrefix("a/1 held something else than its unit made") })
        let kept = try #require(project.disk.paths.first { $0.hasPrefix(".pipeline/replaced/") })
        #expect(project.disk.text(kept) == "mine")
    }

    @Test("a missing input fails its unit and no other")
    func missing() throws {
        let project = try layers(2, name: "missing")
        project.disk.delete("in/1")
        let run = try project.run()
        #expect(run.failed == ["make/a/1"])
        #expect(run.ends.compactMap(\.failure).first?.code == "input-missing")
        #expect(run.units(.ran) == ["make/a/2", "make/b/2"])
    }
}
