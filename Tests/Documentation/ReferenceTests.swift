import FileFormats
import PipelineModel
import PipelineShipping
import Posix
import Testing
import YAML

/// The commented examples in `docs/reference` are the schema for people.
@Suite struct ReferenceTests {
    enum Table: String, CaseIterable {
        case pipeline, environment

        var schema: ObjectSchema {
            switch self {
            case .pipeline:
                DefinitionSchema.root(Self.executors, Registry.archiveSchemas)
            case .environment:
                EnvironmentSchema.root(Registry.transportSchemas, Registry.targetSchemas)
            }
        }

        static let executors = Registry.executorSchemas

        /// What the schema is of.
        var title: String {
            switch self {
            case .pipeline: "pipeline/pipeline.yaml"
            case .environment: "pipeline/environments/NAME.yaml"
            }
        }

        var example: String { "docs/reference/\(rawValue).yaml" }
        var jsonSchema: String { "docs/reference/\(rawValue).schema.json" }
    }

    @Test func definitionExampleIsValid() throws {
        let path = Table.pipeline.example
        let definition = try DefinitionReader.read(
            try Repository.text(path), file: path, executors: Table.executors,
            transports: Registry.archiveSchemas)
        #expect(Set(definition.stages.map(\.kind)) == Set(StageKind.allCases))
    }

    @Test func environmentExampleIsValid() throws {
        let path = Table.environment.example
        let environment = try EnvironmentReader.read(
            try Repository.text(path), name: "example", file: path,
            transports: Registry.transportSchemas, targets: Registry.targetSchemas)
        #expect(environment.site.smoke.count == 1)
    }

    @Test(arguments: Table.allCases)
    func exampleHasEveryKeyOfTheTableAndNoOther(table: Table) throws {
        let document = try #require(try YAML.parse(try Repository.text(table.example)))
        let used = KeyPaths.used(by: document, table.schema)
        let allowed = KeyPaths.of(table.schema)
        #expect(allowed.subtracting(used).sorted() == [], "keys that the example does not explain")
        #expect(used.subtracting(allowed).sorted() == [], "keys that the table does not have")
    }

    @Test(arguments: StageKind.allCases)
    func stagesOfTheExampleTakeAllKeysOfTheirKind(kind: StageKind) throws {
        let document = try #require(try YAML.parse(try Repository.text(Table.pipeline.example)))
        var used: Set<String> = []
        for (_, stage) in document["stages"]?.mapping ?? []
        where stage["kind"]?.text == kind.rawValue {
            used.formUnion((stage.mapping ?? []).compactMap(\.key.text))
        }
        #expect(used == DefinitionSchema.keys(of: kind, Table.executors))
    }

    @Test(arguments: Table.allCases)
    func jsonSchemaIsThatOfTheTable(table: Table) throws {
        try requireGenerated(
            table.jsonSchema, JSONSchema.text(table.schema, title: table.title))
    }

    @Test func formatsPageIsThatOfTheList() throws {
        let rows = FileFormat.all.map { format in
            let endings = format.endings.map { "`.\($0)`" }.joined(separator: ", ")
            return "| `\(format.name)` | \(endings) | \(format.help) |"
        }
        try requireGenerated(
            "docs/reference/formats.md",
            """
            # Formats of outputs

            The names that `check` takes ([pipeline.yaml](pipeline.yaml)), the endings of file names that stand for each where a
            command writes its outputs in place and its stage has no `check`, and what a whole file of the format is.

            | `check` | endings | a whole file |
            |---|---|---|
            \(rows.joined(separator: "\n"))

            """)
    }

    @Test(arguments: FileFormat.all)
    func exampleNamesEachFormat(format: FileFormat) throws {
        let text = try Repository.text(Table.pipeline.example)
        let comment = try #require(text.firstRange(of: "# How outputs are judged"))
        let end = try #require(text[comment.upperBound...].firstRange(of: "check:"))
        #expect(text[comment.lowerBound..<end.lowerBound].contains("\"\(format.name)\""))
    }

    /// That a page is the generated text; with PIPELINE_WRITE_REFERENCE it is written first.
    private func requireGenerated(_ page: String, _ text: String) throws {
        if Environment.value("PIPELINE_WRITE_REFERENCE") == "1" {
            try FileSystem.writeAtomically(
                Array(text.utf8), to: "\(Repository.root)/\(page)")
        }
        #expect(
            try Repository.text(page) == text,
            "make \(page) again: PIPELINE_WRITE_REFERENCE=1 swift test --filter DocumentationTests")
    }
}
