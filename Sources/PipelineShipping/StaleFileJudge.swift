import Digests
import PipelineEngine
import PipelinePlanning
import Posix

/// A file that a unit made which is in the definition no more, and that holds what the unit made.
package struct StaleFile: Sendable, Hashable {
    package let path: String
    package let unit: String
}

/// What lies where such a file was, and is somebody's own.
package struct SparedFile: Sendable, Hashable {
    package let path: String
    package let unit: String
    /// Why it stays, in lower case: `its content is not what the unit made`.
    package let reason: String
}

/// Tells a file that a unit left behind from what has its path now.
///
/// A path is not a file: what lies there may be a person's own, a declared input, or be reached through a link.
/// Only a regular file inside the project whose content is the recorded one is the unit's.
struct StaleFileJudge {
    enum Finding {
        case gone
        case ours(StaleFile)
        case spared(SparedFile)
    }

    private let memory: [String: UnitMemory]
    private let read: Set<String>
    private let root: String

    /// `root` is the project's, absolute and without links.
    init(_ survey: Survey, root: String) {
        memory = survey.memory
        read = Set(survey.graph.units.flatMap { $0.inputs + $0.declaredCode })
        self.root = root
    }

    /// - Throws: where the file cannot be looked at or read.
    func look(_ path: String, of unit: String) throws -> Finding {
        func spared(_ reason: String) -> Finding {
            .spared(SparedFile(path: path, unit: unit, reason: reason))
        }
        guard let status = try FileSystem.linkStatus(path) else { return .gone }
        guard !read.contains(path) else { return spared("a unit reads it") }
        let recorded = memory[unit]?.success?.outputs.first { $0.path == path }
        guard let recorded else { return spared("the ledger does not know what the unit made") }
        guard status.kind == .file else { return spared("it is not a file any more") }
        guard try isInside(path) else {
            return spared("it is reached through a link to a folder")
        }
        guard try Digest.ofFile(path).digest == recorded.digest else {
            return spared("its content is not what the unit made")
        }
        return .ours(StaleFile(path: path, unit: unit))
    }

    /// Whether no folder on the way is a link: what lies behind one may be outside, or another path's.
    private func isInside(_ path: String) throws -> Bool {
        guard !path.hasPrefix("/") else { return false }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
        guard let folder else { return true }
        return try FileSystem.realPath(folder) == "\(root)/\(folder)"
    }
}
