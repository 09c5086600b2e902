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
        ], keysHelp: "keys of a test", needs: [.section],
        findings: { options in
            let parts = options.list("parts").map { $0.text("name") }
            let twice = parts.indices.filter { parts[..<$0].contains(parts[$0]) }.map { index in
                TargetSchema.Finding(
                    "parts.\(index).name", "part \(parts[index]) again", code: "named-twice",
                    advice: "remove one")
            }
            guard options.duration("timeout") < 60 else { return twice }
            return [
                TargetSchema.Finding(
                    "timeout", "too short", code: "bad-value", advice: "write 1m or more")
            ] + twice
        })

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
        #expect(options.duration("timeout") == 1800)
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

    @Test("what a table cannot express is found by the kind, and told with the place of its key")
    func findings() {
        let error = #expect(throws: DefinitionError.self) {
            try options(
                "\n  cluster: c\n  timeout: 5s\n  parts:\n    - { name: web }\n    - { name: web }")
        }
        #expect(
            error?.diagnostics.map { "\($0.line) \($0.code)" } == ["5 bad-value", "8 named-twice"])
        #expect(throws: Never.self) { try options("{ cluster: c, timeout: 60s }") }
    }
}
