import PipelineModel
import Testing

/// Executors whose tasks get files by the project's archive.
struct TaskArchiveTests {
    private static let executors = [
        ExecutorSchema(name: "local", summary: "here"),
        ExecutorSchema(
            name: "far", summary: "elsewhere",
            keys: [
                KeySchema("data", .choice(["shared", "archive"]), default: "shared", "how"),
                ExecutorSchema.archiveKey,
            ], usesArchive: { $0.text("data") == "archive" }),
    ]
    private static let transports = [
        TransportSchema(
            name: "sftp",
            keys: [KeySchema("window", .integer(1...9), "bytes on their way")],
            shared: [
                KeySchema("host", .string, "server"), KeySchema("port", .integer(1...99), "port"),
            ]),
        TransportSchema(
            name: "store",
            keys: [
                KeySchema("remote", .string, required: true, "remote"),
                KeySchema("config", .string, "file"),
            ]),
    ]

    private func read(_ options: String, archive: String = "") throws(DefinitionError) -> Definition
    {
        try DefinitionReader.read(
            """
            project: p
            \(archive)
            stages:
              make:
                kind: compile
                executor: far
                far: { \(options) }
                units: { one: { command: "touch {output}", outputs: a } }
            """, file: "f", executors: Self.executors, transports: Self.transports)
    }

    private static let archive = "archive: { root: /a, host: h, sign: none }"

    private func codes(_ options: String, archive: String = "") -> [String] {
        do {
            _ = try read(options, archive: archive)
            return []
        } catch {
            return error.diagnostics.map(\.code)
        }
    }

    @Test("a stage whose tasks use the archive needs one")
    func needed() throws {
        #expect(codes("data: archive") == ["no-archive-for-tasks"])
        #expect(codes("data: shared") == [])
        #expect(codes("data: archive", archive: Self.archive) == [])
    }

    @Test("an archive that a file of its own describes is one too")
    func elsewhere() throws {
        let definition = try DefinitionReader.read(
            """
            project: p
            stages:
              make:
                kind: compile
                executor: far
                far: { data: archive, archive: { host: x } }
                units: { one: { command: "touch {output}", outputs: a } }
            """, file: "f", executors: Self.executors, transports: Self.transports,
            archive: "root: /a\nhost: h\nsign: none\n")
        #expect(definition.archive == nil && definition.stages.count == 1)
    }

    @Test(
        "keys that are others on the nodes are the transport's, with its types, and only with the archive"
    )
    func reach() throws {
        let archive = Self.archive
        #expect(
            codes("data: archive, archive: { host: x, port: 22, window: 3 }", archive: archive)
                == [])
        #expect(codes("data: archive, archive: { hots: x }", archive: archive) == ["unknown-key"])
        #expect(codes("data: archive, archive: { port: x }", archive: archive) == ["wrong-type"])
        #expect(codes("archive: { host: x }", archive: archive) == ["missing-key"])
        #expect(
            codes(
                "data: archive, archive: { config: c }",
                archive: "archive: { root: /a, transport: store, store: { remote: r }, sign: none }"
            )
                == [], "one key alone, though the transport needs another")
        let definition = try read(
            "data: archive, archive: { root: /b, window: 3 }", archive: archive)
        guard case .units(let content) = definition.stages[0].content else {
            Issue.record("no stage of units")
            return
        }
        #expect(content.executor.map("archive") == ["root": "/b", "window": "3"])
        let options = try #require(definition.archive?.options)
        let reached = options.reached(
            by: ["root": "/b", "window": "3", "host": "x"], Self.transports[0])
        #expect(reached.root == "/b" && reached["host"] == "x" && reached["sftp.window"] == "3")
        let again = TransportOptions(Self.transports[0], root: reached.root, reached.written)
        #expect(again == reached)
    }
}
