import FoundationEssentials
import Posix
import Processes

/// A scratch project of units: the built tool is run in it, and says by its events what it did.
final class UnitProject {
    let root: String

    /// - Parameter home: where the project's folder is made; nil for that of temporary files.
    init(_ definition: String, in home: String? = nil) throws {
        root =
            try FileSystem.realPath(home ?? Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-unit-\(UUID().uuidString)"
        try write("pipeline/pipeline.yaml", definition)
    }

    deinit {
        for pid in Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(root)") {
            StrayProcesses.terminate([pid], grace: 0)
        }
        try? FileSystem.removeTree(root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        let full = path(name)
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        // In place, as an editor or a script would: the inode stays.
        let descriptor = try Descriptors.open(full, .replace)
        defer { Descriptors.close(descriptor) }
        try Descriptors.write(Array(text.utf8), to: descriptor)
    }

    func text(_ name: String) throws -> String { try FileSystem.readText(path(name)) }

    func exists(_ name: String) throws -> Bool { try FileSystem.status(path(name)) != nil }

    /// Copies the worker module of the repository, so that Python units can be written.
    func addWorkerModule() throws {
        let names = ["__init__", "worker", "children", "imports", "reads", "names"]
        for name in names.map({ $0 + ".py" }) {
            try write(
                "pipeline/\(name)", try FileSystem.readText(Self.repository + "/pipeline/\(name)"))
        }
    }

    private static let repository = String(
        #filePath.dropLast("/Tests/Program/UnitProject.swift".count))

    struct Outcome {
        let exit: ProcessExit
        let events: [Event]
        let standardError: String

        /// Names of units by how they ended.
        func units(_ outcome: String) -> [String] {
            events.filter { $0.event == "unit-ended" && $0.outcome == outcome }
                .compactMap(\.unit).sorted()
        }
        var ran: [String] { units("ran") }
        var hashedFiles: Int { events.compactMap(\.hashedFiles).reduce(0, +) }
        var notes: [String] { events.filter { $0.event == "note" }.compactMap(\.text) }
        func message(of unit: String) -> String {
            events.first { $0.unit == unit && $0.message != nil }?.message ?? ""
        }
    }

    struct Event: Decodable {
        let event: String
        let unit: String?
        let outcome: String?
        let message: String?
        let text: String?
        let hashedFiles: Int?
    }

    @discardableResult
    func run(
        _ arguments: String..., environment: [String: String?] = [:]
    ) throws -> Outcome {
        try run(arguments: arguments, environment: environment)
    }

    func run(arguments: [String], environment: [String: String?] = [:]) throws -> Outcome {
        let output = try ProcessRunner.run(
            ProcessCommand(
                [Self.tool, "run", "--json"] + arguments, environment: environment,
                directory: root), timeout: 120)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let events = output.standardOutputText.split(separator: "\n").compactMap {
            try? decoder.decode(Event.self, from: Data($0.utf8))
        }
        return Outcome(
            exit: output.exit, events: events, standardError: output.standardErrorText)
    }

    func tool(_ arguments: String...) throws -> ProcessOutput { try tool(arguments: arguments) }

    /// What `plan` shows of these stages.
    func plan(_ stages: String...) throws -> String {
        try tool(arguments: ["plan"] + stages).standardOutputText
    }

    func tool(
        arguments: [String], environment: [String: String?] = [:]
    ) throws -> ProcessOutput {
        try ProcessRunner.run(
            ProcessCommand([Self.tool] + arguments, environment: environment, directory: root),
            timeout: 120)
    }

    /// Starts a run and leaves it going.
    func start(
        _ arguments: String..., environment: [String: String?] = [:]
    ) throws -> ChildProcess {
        try ChildProcess(
            ProcessCommand(
                [Self.tool, "run"] + arguments, environment: environment, directory: root),
            standardOutput: .file(path("run.out"), append: true),
            standardError: .file(path("run.err"), append: true))
    }

    func shell(_ line: String) throws -> String {
        try ProcessRunner.run(ProcessCommand(["sh", "-c", line], directory: root), timeout: 60)
            .standardOutputText
    }

    /// Waits until something is so.
    func wait(for condition: () throws -> Bool) throws -> Bool {
        let end = MonotonicClock.nanoseconds() + 30_000_000_000
        while MonotonicClock.nanoseconds() < end {
            if try condition() { return true }
            _ = try Poll.wait([], timeoutMs: 10)
        }
        return false
    }

    static let tool: String = {
        let test =
            CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return String(test[..<(test.lastIndex(of: "/") ?? test.startIndex)]) + "/pipeline"
    }()
}
