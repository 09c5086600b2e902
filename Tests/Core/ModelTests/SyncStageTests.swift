import Paths
import PipelineModel
import Testing

/// What a stage of kind sync may say.
struct SyncStageTests {
    private func read(_ lines: String, top: String = "") throws -> Definition {
        try DefinitionReader.read(
            "project: p\n\(top)stages:\n  sync:\n    data: [data/in]\n\(lines)", file: "p.yaml")
    }

    private struct NoSync: Error {}

    private func sync(_ lines: String) throws -> SyncStage {
        guard case .sync(let sync) = try #require(try read(lines).stages.first).content else {
            throw NoSync()
        }
        return sync
    }

    @Test func withoutRulesEverythingTravelsAndLinksAreFollowed() throws {
        let sync = try sync("")
        #expect(sync.data == ["data/in"])
        #expect(sync.include == [] && sync.exclude == [])
        #expect(sync.symlinks == .follow)
    }

    @Test func rulesAreOneOrMore() throws {
        let sync = try sync("    include: a\n    exclude: [b, 'c/**']\n    symlinks: leave\n")
        #expect(sync.include.map(\.source) == ["a"])
        #expect(sync.exclude.map(\.source) == ["b", "c/**"])
        #expect(sync.symlinks == .leave)
    }

    @Test(arguments: [
        ("    symlinks: folow\n", "did you mean \"follow\"?"),
        ("    exclude: ../x\n", "leaves the project"),
        ("    include: /x\n", "leaves the project"),
        ("    excludes: x\n", "did you mean \"exclude\"?"),
    ])
    func wrongRulesAreRefused(lines: String, saying: String) {
        let error = #expect(throws: DefinitionError.self) { try read(lines) }
        #expect(error.map { "\($0)" }?.contains(saying) == true, "\(String(describing: error))")
    }

    @Test func limitsOfPlacement() throws {
        #expect(try read("").placement == PlacementLimits())
        let set = try read(
            "", top: "placement: { image_limit: 1G, small_file: 4K, small_files: 7 }\n")
        #expect(
            set.placement == PlacementLimits(image: 1 << 30, smallFile: 4096, smallFiles: 7))
        #expect(throws: DefinitionError.self) {
            try read("", top: "placement: { small_files: 0 }\n")
        }
    }
}
