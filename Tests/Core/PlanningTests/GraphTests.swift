import Paths
import PipelineModel
import PipelinePlanning
import Testing

/// Who waits for whom, and what is no graph.
struct GraphTests {
    @Test func producersComeFirstOtherwiseTheDefinitionsOrder() throws {
        let graph = try UnitGraph([
            Scene.unit("last", inputs: ["b"], outputs: ["c"]),
            Scene.unit("first", outputs: ["a"]),
            Scene.unit("middle", inputs: ["a"], outputs: ["b"]),
            Scene.unit("alone", outputs: ["d"]),
        ])
        #expect(graph.order.map { graph.units[$0].name } == ["first", "alone", "middle", "last"])
        #expect(graph.producers[0] == [2])
        #expect(graph.consumers[1] == [2])
    }

    @Test func whatMayBeReadIsWaitedFor() throws {
        let graph = try UnitGraph([
            Scene.unit("reader", mayRead: ["a"], outputs: ["r"]),
            Scene.unit("maker", outputs: ["a"]),
        ])
        #expect(graph.producers[0] == [1])
    }

    @Test func refusals() throws {
        #expect(throws: UnitGraph.Invalid.sameOutput("a", "one", "two")) {
            try UnitGraph([Scene.unit("one", outputs: ["a"]), Scene.unit("two", outputs: ["a"])])
        }
        #expect(throws: UnitGraph.Invalid.outputInsideOutput("a/b", "a")) {
            try UnitGraph([Scene.unit("one", outputs: ["a"]), Scene.unit("two", outputs: ["a/b"])])
        }
        #expect(throws: UnitGraph.Invalid.circle(["one", "two"])) {
            try UnitGraph([
                Scene.unit("one", inputs: ["b"], outputs: ["a"]),
                Scene.unit("two", inputs: ["a"], outputs: ["b"]),
            ])
        }
    }
}

/// From rules to units.
struct ExpansionTests {
    private func expander(_ definition: String) throws -> UnitExpander {
        let definition = try DefinitionReader.read(definition, file: "p.yaml")
        let stage = try #require(definition.stages.first)
        guard case .units(let content) = stage.content else { throw NoUnits() }
        return UnitExpander(
            stage: stage, content: content,
            environment: StageEnvironment(
                variables: ["LANGUAGE": "de"], tools: ["cc --version": "12"], code: ["lib.py"]),
            isFile: { $0 == "make.py" })
    }

    private struct NoUnits: Error {}

    private static let definition = """
        project: p
        stages:
          compile:
            worker: python3 make.py
            pass_environment: [LANGUAGE, MISSING]
            tools: [cc --version]
            units:
              pair:
                matrix:
                  kind: [a, "b c"]
                  fdr: { from: 3, to: 1 }
                parameters: { compat: false }
                inputs: "raw/{kind}.txt"
                outputs: "out/{kind}_{fdr:02}.txt"
              target:
                matrix: { gene: { from_worker: genes, inputs: genes.txt } }
                outputs: "genes/{gene}"
        """

    @Test func combinationsInTheOrderWritten() throws {
        let (drafts, unknown) = try expander(Self.definition).drafts([:])
        #expect(
            drafts.map(\.name) == [
                "compile/pair/a/3", "compile/pair/a/2", "compile/pair/a/1",
                "compile/pair/b%20c/3", "compile/pair/b%20c/2", "compile/pair/b%20c/1",
            ])
        #expect(drafts[3].outputs == ["out/b%20c_03.txt"])
        #expect(drafts[3].inputs.map(\.source) == ["raw/b%20c.txt"])
        #expect(unknown == ["compile/target/@gene"])
    }

    @Test func valuesThatTheWorkerNamed() throws {
        let expander = try expander(Self.definition)
        let (drafts, unknown) = expander.drafts([
            "compile/target/@gene": [.string("CD94:NKG2A"), .string("Lifr"), .string("LIFR")]
        ])
        #expect(unknown == [])
        #expect(
            drafts.suffix(3).flatMap(\.outputs) == [
                "genes/CD94%3ANKG2A", "genes/Lifr", "genes/LIFR",
            ])
        #expect(expander.axisDrafts().map(\.name) == ["compile/target/@gene"])
    }

    @Test func theRecipeHoldsAllThatDecides() throws {
        let expander = try expander(Self.definition)
        let draft = try #require(expander.drafts([:]).drafts.first)
        let unit = expander.unit(draft, inputs: FoundFiles(["raw/a.txt"]), mayRead: [])
        #expect(unit.recipe["worker"] == "python3 make.py")
        #expect(unit.recipe["function"] == "pair")
        #expect(unit.recipe["parameter fdr"] == "3")
        #expect(unit.recipe["parameter compat"] == "false")
        #expect(unit.recipe["environment LANGUAGE"] == "de")
        #expect(unit.recipe["environment MISSING"] == "(unset)")
        #expect(unit.recipe["tool cc --version"] == "12")
        #expect(
            unit.declaredCode == ["lib.py", "make.py"], "files that the command line names count")
    }

    @Test func inputsAreFilesOrWhatUnitsWillMake() {
        let resolver = InputResolver(outputs: ["out/1.txt", "out/sub/2.txt"]) { pattern in
            FoundFiles(["out/old.txt", "raw/x"].filter(pattern.matches))
        }
        func files(_ pattern: String, except own: [String] = []) -> [String] {
            resolver.files([PathPattern(pattern)], except: own).paths
        }
        #expect(files("out/*.txt") == ["out/1.txt", "out/old.txt"])
        #expect(files("out") == ["out/1.txt", "out/sub/2.txt"])
        #expect(files("out/**") == ["out/1.txt", "out/old.txt", "out/sub/2.txt"])
        #expect(files("nowhere") == ["nowhere"])
        #expect(files("out/*.txt", except: ["out/1.txt"]) == ["out/old.txt"])
    }
}
