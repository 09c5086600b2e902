import PipelineModel
import Testing

/// A kind of environment reads its own keys without a reader of its own, lists and mappings included.
struct TargetOptionsTests {
    private static let kind = TargetSchema(
        name: "fleet", summary: "of a test",
        keys: [
            KeySchema("cluster", .string, required: true, "its cluster"),
            KeySchema("timeout", .duration, default: "30m", "time for a change"),
            KeySchema("keeps", .size, "memory of each part"),
            KeySchema("quiet", .boolean, default: "false", "without its own events"),
            KeySchema("zones", .oneOrMore(.string), "where it runs"),
            KeySchema("labels", .map(.scalar), "what it is labelled with"),
            KeySchema(
                "parts",
                .list(
                    .object(
                        ObjectSchema([
                            KeySchema("name", .string, required: true, "name of the part"),
                            KeySchema("count", .integer(1...9), default: "2", "how many"),
                            KeySchema("args", .list(.string), "words of its command"),
                        ]))), "what it runs"),
        ], keysHelp: "keys of a test", needs: [.section])

    private func options(_ keys: String) throws -> TargetOptions {
        try EnvironmentReader.read(
            "kind: fleet\ndata: { root: there }\nfleet: \(keys)\n", name: "e", file: "e.yaml",
            transports: [TransportSchema(name: "directory")],
            targets: TargetSchema.builtIn + [Self.kind]
        ).options
    }

    @Test func listsAndMappings() throws {
        let options = try options(
            """
            { cluster: c, keeps: 2M, zones: [a, b], labels: { team: lab, 7: x },
              parts: [{ name: web, args: [-p, "80"] }, { name: job, count: 1 }] }
            """)
        #expect(options["cluster"] == "c")
        #expect(options.seconds("timeout") == 1800)
        #expect(options.size("keeps") == 2 << 20)
        #expect(options.boolean("quiet") == false)
        #expect(options.texts("zones") == ["a", "b"])
        #expect(options.textMap("labels") == ["team": "lab", "7": "x"])
        let parts = options.list("parts")
        #expect(parts.map { $0["name"] } == ["web", "job"])
        #expect(parts.map { $0.integer("count") } == [2, 1])
        #expect(parts.map { $0.texts("args") } == [["-p", "80"], []])
        #expect(options.has("parts") && options.has("labels"))
    }

    @Test func whatIsNotWritten() throws {
        let options = try options("{ cluster: c, zones: a }")
        #expect(options.texts("zones") == ["a"])
        #expect(options.list("parts") == [])
        #expect(options.textMap("labels") == [:])
        #expect(options.size("keeps") == nil)
        #expect(!options.has("parts") && options.has("timeout"))
    }

    @Test func anEntryThatIsWrongIsNamed() throws {
        let error = #expect(throws: DefinitionError.self) {
            try options("{ cluster: c, parts: [{ name: web, count: 10 }] }")
        }
        #expect("\(String(describing: error))".contains("1 to 9"))
    }
}
