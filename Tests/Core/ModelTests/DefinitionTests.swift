import FileFormats
import PipelineModel
import Testing

/// What is said about definitions, to the letter: where, what, and what to do.
struct DefinitionTests {
    private func findings(_ text: String) -> [String] {
        do {
            _ = try DefinitionReader.read(text, file: "p.yaml")
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    @Test func aWholeDefinition() throws {
        let definition = try DefinitionReader.read(
            """
            project: site
            stages:
              deploy: { needs: [push, sync] }
              push: { needs: image }
              image: { context: site }
              sync: { needs: compile, data: [data/a, data/b] }
              compile:
                timeout: 6h
                units:
                  one: { command: [cp, "{input}", "{output}"], inputs: a, outputs: b, retries: 2 }
            """, file: "p.yaml")
        #expect(definition.stages.map(\.name) == ["image", "push", "compile", "sync", "deploy"])
        #expect(definition.closure(of: ["sync"]).map(\.name) == ["compile", "sync"])
        guard case .units(let units)? = definition.stage("compile")?.content else {
            Issue.record("compile has no units")
            return
        }
        #expect(units.templates.first?.limits.timeout == 21600)
        #expect(units.templates.first?.limits.retries == 2)
    }

    @Test(arguments: [
        (
            "project: p\nstages:\n  compile:\n    untis: {}\n",
            "p.yaml:4:5: unknown key \"untis\" in \"compile\"; did you mean \"units\"?"
        ),
        ("project: p\nstages:\n  compile: 3\n", "p.yaml:3:12: \"compile\" must be a mapping with"),
        (
            "stages: {}\n",
            "p.yaml:1:1: the definition has no \"project\"; it is name of the project"
        ),
        (
            "project: p\nstages:\n  fetch: { needs: x }\n",
            "p.yaml:3:3: stage \"fetch\" has no \"kind\"; add one of compile, run"
        ),
        (
            "project: p\nstages:\n  sync: { data: d, needs: [comple] }\n  compile: { units: { a: { command: x, outputs: o } } }\n",
            "p.yaml:3:28: stage \"sync\" needs \"comple\", which is no stage; did you mean \"compile\"?"
        ),
        (
            "project: p\nstages:\n  sync: { data: /abs }\n",
            "p.yaml:3:17: \"/abs\" leaves the project"
        ),
        (
            "project: p\nstages:\n  push: { data: d }\n",
            "p.yaml:3:11: a stage of kind push takes no \"data\"; it takes allow, image, kind, needs, scan, scanner"
        ),
        (
            "project: p\nstages:\n  compile: { units: { a: { matrix: { x: [1, 2] }, command: c, outputs: o } } }\n",
            "several units would write \"o\"; put {x} into the name"
        ),
        (
            "project: p\nstages:\n  compile: { units: { a: { matrix: { x: [] }, command: c, outputs: \"o{x}\" } } }\n",
            "axis \"x\" has no values"
        ),
        (
            "project: p\nstages:\n  compile: { units: { a: { command: 'echo \"x', outputs: o } } }\n",
            "a quote (\") is not closed"
        ),
        (
            "project: p\nstages:\n  compile: { check: fether, units: { a: { command: c, outputs: o } } }\n",
            "\"check\" must be one of \(FileFormat.all.map(\.name).joined(separator: ", ")); did you mean \"feather\"?"
        ),
        ("project: P x\nstages:\n  run: { command: c }\n", "must be made of a-z, 0-9, - and _"),
        ("project: p\nstages: [\n", "p.yaml:"), ("", "p.yaml:1:1: the file is empty"),
    ])
    func finding(text: String, expected: String) {
        let found = findings(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test func allFindingsAtOnceInTheOrderOfTheFile() {
        let found = findings("projct: p\nstages:\n  compile: { units: {}, jobs: many }\n")
        #expect(found.count == 3, "\(found)")
        #expect(found.last?.hasPrefix("p.yaml:3:") == true)
    }

    @Test func anEnvironmentNeedsWhatItsKindNeeds() {
        let data = "data: { root: efs }\nsite: { port: 8000 }\n"
        func finding(_ kind: String) -> String? {
            do {
                _ = try EnvironmentReader.read(
                    "kind: \(kind)\n" + data, name: "e", file: "e.yaml",
                    transports: [TransportSchema(name: "directory")])
                return nil
            } catch {
                return error.diagnostics.first?.description
            }
        }
        #expect(finding("local")?.contains("has no \"repository\"") == true)
        #expect(finding("preview")?.contains("has no \"command\"") == true)
        #expect(finding("previw")?.contains("did you mean \"preview\"?") == true)
    }
}
