import Testing

@testable import PipelineCommands

@Suite struct NameTests {
    private let units = UnitNames(names: [
        "compile/pairs", "compile/circos/low/1", "compile/circos/low/11",
        "compile/effects/CD94%3ANKG2A", "compile/effects/50%25",
    ])

    @Test func unitsAreFoundByTheirNameRawValuesAndEnding() {
        #expect(units.find("compile/circos/low/1") == "compile/circos/low/1")
        #expect(units.find("compile/effects/CD94:NKG2A") == "compile/effects/CD94%3ANKG2A")
        #expect(units.find("effects/CD94:NKG2A") == "compile/effects/CD94%3ANKG2A")
        #expect(units.find("effects/50%") == "compile/effects/50%25")
        #expect(units.find("pairs") == "compile/pairs")
        #expect(units.find("low/1") == "compile/circos/low/1")
        #expect(units.find("airs") == nil)
        #expect(units.find("") == nil)
    }

    @Test func anEndingOfSeveralUnitsIsNoName() {
        #expect(UnitNames(names: ["a/x/1", "b/x/1"]).find("x/1") == nil)
    }

    @Test func aFamilyIsAllThatBeginsSo() {
        #expect(units.family("compile/circos").count == 2)
        #expect(units.family("compile/circ").isEmpty)
        #expect(
            units.families == [
                "compile", "compile/circos", "compile/circos/low", "compile/effects",
            ])
    }

    @Test func anUnknownNameComesWithTheNearest() {
        let unknown = UnknownName(
            "compile/effects/CD94:NKG2", kinds: "unit", known: units.names, advice: "see plan")
        #expect(
            "\(unknown)" == "there is no unit \"compile/effects/CD94:NKG2\"; "
                + "did you mean \"compile/effects/CD94:NKG2A\"?")
        let far = UnknownName("zzzzzz", kinds: "unit", known: units.names, advice: "see plan")
        #expect("\(far)" == "there is no unit \"zzzzzz\"; see plan")
    }

    @Test func pathsCountFromTheFolderThatTheyWereTypedInAndFromTheRoot() {
        func paths(_ typed: String, from folder: String = "/p/data") -> [String] {
            ProjectPath.candidates(typed, from: folder, root: "/p")
        }
        #expect(paths("x.pkl") == ["data/x.pkl", "x.pkl"])
        #expect(paths("./../site//a.py") == ["site/a.py"])
        #expect(paths("/p/data/x") == ["data/x"])
        #expect(paths("/elsewhere/x").isEmpty)
        #expect(paths("/package/x").isEmpty)
        #expect(paths("x", from: "/elsewhere") == ["x"])
    }
}
