import Posix
import Processes
import Synchronization

/// A folder of a test's own, removed with the object.
final class ScratchFolder: Sendable {
    let path: String
    private static let counter = Atomic<Int>(0)

    init() throws {
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        let base = Environment.value("TMPDIR") ?? "/tmp"
        path = "\(base)/pipeline-slots-\(Host.processID)-\(number)"
        try FileSystem.createDirectories(path)
    }

    // try?: a scratch folder; the system clears it sooner or later
    deinit { try? FileSystem.removeTree(path) }

    func write(_ text: String, to name: String) throws {
        if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) {
            try FileSystem.createDirectories("\(path)/\(name[..<slash])")
        }
        try FileSystem.writeAtomically(Array(text.utf8), to: "\(path)/\(name)")
    }

    /// What a line of the shell prints, in this folder.
    func shell(_ line: String) throws -> String {
        let output = try ProcessRunner.run(
            ProcessCommand(["sh", "-c", line], directory: path), timeout: 60)
        guard output.exit == .exited(0) else { throw ShellFailed(text: output.standardErrorText) }
        return output.standardOutputText
    }

    struct ShellFailed: Error { let text: String }

    func text(_ name: String) throws -> String { try FileSystem.readText("\(path)/\(name)") }

    /// All files below a folder, with their texts; the marker is among them.
    func files(below folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        guard try FileSystem.status("\(path)/\(folder)") != nil else { return [:] }
        for entry in try FileSystem.entries(of: "\(path)/\(folder)") {
            if entry.kind == .directory {
                for (name, text) in try files(below: "\(folder)/\(entry.name)") {
                    found["\(entry.name)/\(name)"] = text
                }
            } else {
                found[entry.name] = try FileSystem.readText("\(path)/\(folder)/\(entry.name)")
            }
        }
        return found
    }
}
