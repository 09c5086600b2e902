import FoundationEssentials
import Posix
import Processes

/// A folder that is no project, where `pipeline data` is run; removed at the end.
final class DataScratch {
    let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-data-\(UUID().uuidString)"
        try FileSystem.createDirectories(root)
    }

    deinit { try? FileSystem.removeTree(root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        let full = path(name)
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(Array(text.utf8), to: full)
    }

    func names(_ folder: String = "") throws -> [String] {
        try FileSystem.entries(of: path(folder)).map(\.name)
    }

    /// Runs `pipeline data` with these arguments, by way of another program where one is given.
    func data(
        _ arguments: String..., by wrapper: [String] = [], environment: [String: String?] = [:]
    ) throws -> ProcessOutput {
        try ProcessRunner.run(
            ProcessCommand(
                wrapper + [UnitProject.tool, "data"] + arguments, environment: environment,
                directory: root), timeout: 120)
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ output: ProcessOutput) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(output.standardOutput))
    }
}
