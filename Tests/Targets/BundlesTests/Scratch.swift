import FoundationEssentials
import Posix
import Processes

/// A folder of one test's own, removed with the last reference to it.
final class Scratch {
    let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/bundles-tests-\(UUID().uuidString)"
        try FileSystem.createDirectories(root)
    }

    deinit { try? FileSystem.removeTree(root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Writes a file, and makes the folders above it.
    func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o644) throws {
        let full = path(name)
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(bytes, to: full, mode: mode)
    }

    /// Runs a program in this folder, or in one below it.
    func run(
        _ arguments: [String], in folder: String = ".", environment: [String: String?] = [:],
        onLine: ((ProcessRunner.Stream, String) -> Void)? = nil
    ) throws -> ProcessOutput {
        try ProcessRunner.run(
            ProcessCommand(arguments, environment: environment, directory: path(folder)),
            timeout: 120,
            onLine: onLine)
    }
}
