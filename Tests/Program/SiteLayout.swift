import FoundationEssentials
import Posix
import Processes

/// A scratch folder that is laid out as somebody's site, without a definition.
final class SiteLayout {
    let root: String

    /// - Parameter files: texts by path.
    init(named name: String, _ files: [String: String]) throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-init-\(UUID().uuidString)/\(name)"
        for (path, text) in files { try write(path, text) }
    }

    /// A copy of one of `Tests/layouts`.
    init(copying name: String) throws {
        let from =
            String(#filePath.dropLast("/Program/SiteLayout.swift".count))
            + "/layouts/\(name)/folder"
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-init-\(UUID().uuidString)/\(name)"
        try FileSystem.createDirectories(root)
        let copied = try ProcessRunner.run(
            ProcessCommand(["cp", "-R", "\(from)/.", root]), timeout: 60)
        guard copied.exit == .exited(0) else { throw ProcessError.timedOut(after: 60) }
    }

    deinit { try? FileSystem.removeTree(root + "/..") }

    func write(_ name: String, _ text: String) throws {
        let full = "\(root)/\(name)"
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(Array(text.utf8), to: full)
    }

    func text(_ name: String) throws -> String { try FileSystem.readText("\(root)/\(name)") }

    func exists(_ name: String) throws -> Bool {
        try FileSystem.linkStatus("\(root)/\(name)") != nil
    }

    func tool(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(
            ProcessCommand([UnitProject.tool] + arguments, directory: root), timeout: 120)
    }

    /// The lines of a stage in the definition, without comments and indentation.
    func stage(_ name: String) throws -> [String] {
        var lines: [String] = []
        var isInside = false
        for line in try text("pipeline/pipeline.yaml").split(separator: "\n") {
            if line.hasPrefix("  \(name):") {
                isInside = true
            } else if line.hasPrefix("    ") {
                if isInside { lines.append(String(line.dropFirst(4))) }
            } else {
                isInside = false
            }
        }
        return lines
    }

    struct Plan: Decodable {
        struct Stage: Decodable {
            struct Work: Decodable { let action: String }
            let stage: String
            let work: [Work]
        }
        let stages: [Stage]
        var names: [String] { stages.map(\.stage) }
        var isMissingNothing: Bool {
            stages.allSatisfy { $0.work.allSatisfy { $0.action != "missing" } }
        }
    }

    /// What `plan` says right after.
    func plan() throws -> Plan {
        try JSONDecoder().decode(
            Plan.self, from: Data(try tool("plan", "--json").standardOutputText.utf8))
    }
}
