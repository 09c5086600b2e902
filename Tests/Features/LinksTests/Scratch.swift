import FoundationEssentials
import Glibc
import Posix

@testable import Links

/// Two folders of one test's own, `source` and `target`, removed with the last reference to them.
final class Scratch {
    let root: String
    var source: String { "\(root)/source" }
    var target: String { "\(root)/target" }

    init() throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/links-tests-\(UUID().uuidString)"
        try FileSystem.createDirectories(source)
        try FileSystem.createDirectories(target)
    }

    deinit { try? FileSystem.removeTree(root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ name: String, _ text: String = "text") throws {
        let full = path(name)
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(Array(text.utf8), to: full)
    }

    func link(_ name: String, to text: String) throws {
        try FileSystem.symbolicLink(to: text, at: path(name))
    }

    func readLink(_ name: String) throws -> String { try FileSystem.readLink(path(name)) }

    /// Everything below a folder: texts of files, `→ text` of links, `folder`.
    func tree(_ name: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for entry in try FileSystem.entries(of: path(name)) {
            let inner = "\(name)/\(entry.name)"
            switch entry.kind {
            case .directory:
                found[entry.name] = "folder"
                for (path, text) in try tree(inner) { found["\(entry.name)/\(path)"] = text }
            case .symbolicLink: found[entry.name] = "→ \(try readLink(inner))"
            case .file: found[entry.name] = try FileSystem.readText(path(inner))
            case .other: found[entry.name] = "other"
            }
        }
        return found
    }

    func rights(_ name: String) throws -> FolderRights { try FolderRights.of(path(name)) }

    @discardableResult
    func run(replace: Bool = false) throws -> (plan: LinkPlan, result: Linker.Result) {
        let linker = try Linker.look(source: source, target: target)
        let plan = LinkPlan(source: linker.source, target: linker.target, replace: replace)
        return (plan, try linker.apply(plan))
    }

    static var isRoot: Bool { geteuid() == 0 }
}

func bytes(_ path: String) -> [UInt8] { Array(path.utf8) }
