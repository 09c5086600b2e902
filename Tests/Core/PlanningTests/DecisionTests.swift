import PipelinePlanning
import Testing

/// What is decided about units, found without running anything.
struct DecisionTests {
    private let make = Scene.unit("make", inputs: ["raw"], outputs: ["mid"], code: ["tool.py"])
    private let use = Scene.unit("use", inputs: ["mid"], outputs: ["end"])

    private func settled() -> Scene {
        var scene = Scene(files: [
            "raw": "r", "mid": "m", "end": "e", "tool.py": "t", "lib.py": "l",
        ])
        scene.remember(make, code: ["lib.py"])
        scene.remember(use)
        return scene
    }

    @Test func nothingChanged() throws {
        #expect(try settled().plan([make, use]) == [.upToDate, .upToDate])
    }

    @Test(
        "what cannot be read is neither changed nor gone: inputs, code that is declared or was loaded, outputs",
        arguments: ["raw", "tool.py", "lib.py", "mid"])
    func unreadable(path: String) throws {
        var scene = settled()
        scene.unreadable = [path]
        #expect(try scene.plan([make, use])[0] == .unreadable([Scene.failure(path)]))
        #expect(try scene.plan([make], force: true) == [.unreadable([Scene.failure(path)])])
    }

    @Test("a file that cannot be read and that the unit made only once is no reason to stop")
    func unreadableFormerOutput() throws {
        var scene = settled()
        scene.unreadable = ["mid"]
        let other = Scene.unit(
            "make", inputs: ["raw"], outputs: ["new"], recipe: ["command": "other"],
            code: ["tool.py"])
        #expect(try scene.plan([other])[0].reasons.map(\.word) == ["recipe-changed"])
    }

    @Test func neverRan() throws {
        let scene = Scene(files: ["raw": "r", "tool.py": "t"])
        #expect(try scene.plan([make, use]) == [.restoreOrRun([.neverRan]), .run([.neverRan])])
    }

    @Test func anInputChanged() throws {
        var scene = settled()
        scene.files["raw"] = "other"
        let plan = try scene.plan([make, use])
        #expect(plan[0].reasons.map(\.word) == ["input-changed"])
        #expect(plan[0].reasons.first?.change?.name == "raw")
        #expect(plan[1] == .waits(on: ["make"]))
    }

    @Test("a file whose name is now written with another accent, and a parameter like that")
    func onlyBytesChanged() throws {
        var scene = Scene(files: ["in/caf\u{e9}": "x", "out": "o"])
        func unit(_ input: String, _ parameter: String) -> UnitSpec {
            Scene.unit("make", inputs: [input], outputs: ["out"], recipe: ["p": parameter])
        }
        scene.remember(unit("in/caf\u{e9}", "\u{e9}"))
        #expect(try scene.plan([unit("in/caf\u{e9}", "\u{e9}")]) == [.upToDate])
        let renamed = try scene.plan([unit("in/cafe\u{301}", "\u{e9}")])[0].reasons
        #expect(renamed.map(\.word) == ["input-changed", "input-changed"])
        let recipe = try scene.plan([unit("in/caf\u{e9}", "e\u{301}")])[0].reasons
        #expect(recipe.map(\.word) == ["recipe-changed"])
    }

    @Test(
        "code that was declared, and code that was seen to be loaded",
        arguments: ["tool.py", "lib.py"])
    func codeChanged(path: String) throws {
        var scene = settled()
        scene.files[path] = "edited"
        let reasons = try scene.plan([make, use])[0].reasons
        #expect(reasons.map(\.word) == ["code-changed"])
        #expect(reasons.first?.change?.name == path)
    }

    @Test func theRecipeChanged() throws {
        let scene = settled()
        let changed = Scene.unit(
            "make", inputs: ["raw"], outputs: ["mid"], recipe: ["command": "d"], code: ["tool.py"])
        let reasons = try scene.plan([changed, use])[0].reasons
        #expect(reasons.map(\.text) == ["command changed from c to d"])
    }

    @Test func outputsMissingOrAltered() throws {
        var scene = settled()
        scene.files["mid"] = nil
        #expect(try scene.plan([make, use])[0] == .restoreOrRun([.outputMissing("mid")]))
        scene.files["mid"] = "tampered"
        #expect(try scene.plan([make, use])[0] == .restoreOrRun([.outputAltered("mid")]))
        scene = settled()
        scene.files["end"] = "tampered"
        #expect(
            try scene.plan([make, use]) == [.upToDate, .restoreOrRun([.outputAltered("end")])])
    }

    @Test func aFailureIsTriedAgainOnlyWhereSomethingIsToBeDone() throws {
        var scene = settled()
        scene.memory["make"]?.failure = .init(attempt: 2, wasInterrupted: false, message: "no")
        #expect(try scene.plan([make, use])[0] == .upToDate, "what it failed on was taken back")
        scene.memory["make"]?.success = nil
        #expect(try scene.plan([make, use])[0] == .restoreOrRun([.failedBefore("no")]))
    }

    @Test func whatMayBeReadCountsOnlyWhereItWas() throws {
        let picky = Scene.unit("picky", mayRead: ["a", "b"], outputs: ["out"])
        var scene = Scene(files: ["a": "1", "b": "2", "out": "o"])
        scene.remember(picky, reads: ["a"])
        scene.files["b"] = "changed"
        #expect(try scene.plan([picky]) == [.upToDate])
        scene.files["a"] = "changed"
        #expect(try scene.plan([picky])[0].reasons.map(\.word) == ["input-changed"])
    }

    @Test func aFileThatWasLookedForAndAppears() throws {
        let probing = Scene.unit("probing", outputs: ["out"])
        var scene = Scene(files: ["out": "o"])
        scene.remember(probing, reads: ["maybe.cfg"])
        #expect(try scene.plan([probing]) == [.upToDate])
        scene.files["maybe.cfg"] = "here"
        #expect(try scene.plan([probing])[0].reasons.first?.change?.before == "absent")
    }

    @Test func aMissingInputThatNobodyMakes() throws {
        let scene = Scene(files: ["tool.py": "t"])
        #expect(try scene.plan([make])[0] == .missingInputs(["raw"]))
    }

    @Test func forced() throws {
        #expect(
            try settled().plan([make, use], force: true) == [.run([.forced]), .run([.forced])])
    }
}
