import FoundationEssentials
import Posix
import Processes

/// A folder of one test's own, removed with the last reference to it.
final class Scratch {
    let root: String

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/packs-tests-\(UUID().uuidString)"
        try FileSystem.createDirectories(root)
    }

    deinit { try? FileSystem.removeTree(root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Writes a file, and makes the folders above it.
    func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        let full = path(name)
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(Array(text.utf8), to: full, mode: mode)
    }

    func link(_ name: String, to target: String) throws {
        try FileSystem.symbolicLink(to: target, at: path(name))
    }

    func names(_ folder: String = "") throws -> [String] {
        try FileSystem.entries(of: path(folder)).map(\.name)
    }

    /// Runs a script of Python with the scratch folder as its working directory.
    func python(_ script: String) throws {
        let output = try ProcessRunner.run(
            ProcessCommand(["python3", "-I", "-c", script], directory: root), timeout: 60)
        guard output.exit.isSuccess else { throw Failed(text: output.standardErrorText) }
    }

    struct Failed: Error { let text: String }

    /// A tree with names that listings get wrong.
    func writeTree(_ name: String) throws {
        try write("\(name)/a", "hello\n", mode: 0o600)
        try write("\(name)/copy of a", "hello\n")
        try write("\(name)/empty", "")
        try write("\(name)/new\nline", "x")
        try write("\(name)/back\\slash \"q\" é", "y")
        try write("\(name)/e\u{301}", "composed")
        try write("\(name)/\u{e9}", "single")
        try write("\(name)/-dash", "1")
        try write("\(name)/# START OF DATA", "2")
        try write("\(name)/sub/big", String(repeating: "0123456789abcdef", count: 40_000))
        try write("\(name)/sub/program", "#!/bin/sh\n", mode: 0o755)
        try FileSystem.createDirectories(path("\(name)/hollow"), mode: 0o755)
        try link("\(name)/sub/up", to: "../a")
        try link("\(name)/odd link", to: "tar get\nfake D 0 755 0 0")
    }
}
