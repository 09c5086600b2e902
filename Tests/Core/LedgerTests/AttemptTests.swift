import Digests
import PipelineLedger
import PipelinePlanning
import Posix
import SQLite
import Testing

@Suite struct AttemptTests {
    private let scratch: ScratchLedger
    private let writer: LedgerWriter
    private let reader: LedgerReader
    private let run: Int64

    init() throws {
        scratch = try ScratchLedger()
        writer = try scratch.writer()
        run = try writer.beginRun()
        reader = try scratch.reader()
    }

    @Test func aSuccessIsRememberedWithItsSetsAndOutputs() throws {
        let attempt = try writer.succeed(run: run, unit: "u")
        let success = try #require(try reader.unitMemories()["u"]?.success)
        #expect(success.attempt == attempt)
        #expect(success.inputs == ComponentSet([.init("in.tsv", Digest.of("one").hex)]).digest)
        #expect(success.reads == ComponentSet.empty.digest)
        #expect(
            success.outputs == [OutputRecord(path: "out/u", digest: Digest.of("made"), size: 4)])
        let components = try #require(try reader.components(attempt: attempt))
        #expect(components.recipe["function"] == "f")
        #expect(components.code["code.py"] == Digest.of("code").hex)
        #expect(try reader.unitMemories()["u"]?.failure == nil)
    }

    @Test func aFailureAfterASuccessLeavesBoth() throws {
        let success = try writer.succeed(run: run, unit: "u")
        let failure = try writer.fail(run: run, unit: "u", message: "it broke")
        let memory = try #require(try reader.unitMemories()["u"])
        #expect(memory.success?.attempt == success)
        #expect(memory.failure?.attempt == failure)
        #expect(memory.failure?.message == "it broke")
        #expect(memory.failure?.wasInterrupted == false)
        #expect(try reader.standingFailures().map(\.id) == [failure])
        _ = try writer.succeed(run: run, unit: "u")
        #expect(try reader.standingFailures().isEmpty)
        #expect(try reader.attempts(unit: "u").map(\.outcome) == [.done, .failed, .done])
    }

    @Test func reasonsAreReadBackAsTheyWereGiven() throws {
        let change = ComponentChange(name: "code.py", before: "a", after: "b \"quoted\"\n")
        _ = try writer.succeed(
            run: run, unit: "u", reasons: [.code(change), .outputMissing("out/u")])
        let reasons = try #require(try reader.attempts(unit: "u").first).reasons
        #expect(
            reasons == [
                RecordedReason(
                    reason: "code-changed", text: "code code.py changed", component: "code.py",
                    before: "a", after: "b \"quoted\"\n"),
                RecordedReason(reason: "output-missing", text: "output out/u is missing"),
            ])
    }

    @Test func aLargeSetIsKeptAsWhatDiffersFromAWholeOne() throws {
        func set(_ changes: KeyValuePairs<String, String?>) -> ComponentSet {
            var files = (0..<1000).reduce(into: [:]) { $0["in/\($1) \"é\""] = "\($1)" }
            for (name, value) in changes {
                files[name] = nil
                files[name] = value
            }
            return ComponentSet(files.map { .init($0.key, $0.value) })
        }
        let sets = [
            set([:]), set(["in/7 \"é\"": "other"]),
            set(["in/7 \"é\"": nil, "more": "new"]), set([:]),
            set(["in/7 \"é\"": nil, "in/7 \"e\u{301}\"": "7"]),
            // Too much for a difference.
            ComponentSet(
                set([:]).entries.enumerated().map {
                    .init($1.name, $0 < 500 ? "changed" : $1.value)
                }),
            set(["in/1 \"é\"": "after that"]),
        ]
        var attempts: [Int64] = []
        for inputs in sets {
            attempts.append(try writer.succeed(run: run, unit: "u", inputs: inputs))
        }
        for (attempt, inputs) in zip(attempts, sets) {
            let found = try #require(try reader.components(attempt: attempt)?.inputs)
            #expect(found.text.utf8.elementsEqual(inputs.text.utf8))
            #expect(try reader.componentSet(inputs.digest)?.digest == inputs.digest)
        }
        let database = try Database(path: scratch.path, mode: .readOnly)
        let kept = try database.texts(
            """
            SELECT (base_id IS NOT NULL) || ' ' || (length(content) < 100) FROM component_sets
            WHERE id IN (SELECT inputs_id FROM attempts) ORDER BY id
            """)
        #expect(kept == ["0 0", "1 1", "1 1", "1 1", "0 0", "0 0"])
        // The view tells the same as the sets.
        for (attempt, inputs) in zip(attempts, sets) {
            let names = try database.texts(
                """
                SELECT c.name || ' ' || c.value FROM components c JOIN attempts a ON a.inputs_id = c.set_id
                WHERE a.id = \(attempt)
                """)
            #expect(Set(names) == Set(inputs.entries.map { "\($0.name) \($0.value)" }))
            #expect(names.count == inputs.entries.count)
        }
    }

    @Test func aDifferenceFromADamagedSetIsNoSet() throws {
        let whole = ComponentSet((0..<300).map { .init("in/\($0)", "x") })
        let changed = ComponentSet(whole.entries.dropLast() + [.init("in/more", "y")])
        _ = try writer.succeed(run: run, unit: "u", inputs: whole)
        let attempt = try writer.succeed(run: run, unit: "u", inputs: changed)
        do {
            let database = try Database(path: scratch.path, mode: .readWrite)
            try database.execute(
                "UPDATE component_sets SET content = replace(content, 'in/7\"', 'in/x\"') WHERE base_id IS NULL"
            )
        }
        #expect(try reader.componentSet(changed.digest) == nil)
        #expect(try reader.components(attempt: attempt) == nil)
    }

    @Test func equalSetsAreStoredOnce() throws {
        let one = try writer.succeed(run: run, unit: "one")
        let two = try writer.succeed(run: run, unit: "two", input: "other")
        let first = try #require(try reader.components(attempt: one))
        let second = try #require(try reader.components(attempt: two))
        #expect(first.code == second.code)
        #expect(first.inputs != second.inputs)
        #expect(try reader.componentSet(first.code.digest) == first.code)
    }

    @Test func theStoreIsAskedForByRecipeAndInputs() throws {
        let old = try writer.succeed(run: run, unit: "u", output: "old")
        _ = try writer.succeed(run: run, unit: "u", input: "two", output: "new")
        let recipe = ComponentSet([.init("function", "f")]).digest
        let inputs = ComponentSet([.init("in.tsv", Digest.of("one").hex)]).digest
        let past = try reader.pastSuccesses(recipe: recipe, inputs: inputs)
        #expect(past.map(\.attempt) == [old])
        #expect(past.first?.outputs.map(\.digest) == [Digest.of("old")])
        #expect(try reader.pastSuccesses(recipe: inputs, inputs: recipe).isEmpty)
    }

    @Test func theLastAttemptOfEachUnitTellsHowARunWent() throws {
        _ = try writer.fail(run: run, unit: "again", message: "first try")
        _ = try writer.succeed(run: run, unit: "again")
        _ = try writer.fail(run: run, unit: "broken", message: "no")
        _ = try writer.startAttempt(
            run: run, unit: "busy", stage: "compile", reasons: [], log: nil, at: at(9))
        let later = try writer.beginRun()
        _ = try writer.succeed(run: later, unit: "broken")
        #expect(
            try reader.lastAttempts(run: run).map(\.outcome) == [.done, .failed, .running])
        let progress = try reader.progress(run: run)
        #expect(progress.done == 1)
        #expect(progress.failed == 1)
        #expect(progress.running == ["busy"])
        #expect(try reader.newestRun(stage: "compile") == later)
        #expect(try reader.newestRun(stage: "deploy") == nil)
        #expect(try reader.unitNames() == ["again", "broken", "busy"])
    }

    @Test func filesAreRememberedUnderTheirState() throws {
        try FileSystem.writeAtomically(Array("x".utf8), to: scratch.folder + "/file")
        let status = try #require(try FileSystem.status(scratch.folder + "/file"))
        let known = KnownFile(key: StatKey(status), digest: Digest.of("x"))
        try writer.rememberFiles(["file": known])
        let read = try #require(try reader.fileDigests()["file"])
        #expect(read.key == known.key)
        #expect(read.digest == known.digest)
    }
}
