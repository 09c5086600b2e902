import PipelineModel
import Posix

/// A link in the project's state for each root, so that a path below one is a path of the project like any other: what is
/// recorded holds the root's name, wherever the root lies on this machine.
enum RootLinks {
    /// - Throws: `PosixError` where a link cannot be made: inputs below it would seem missing.
    static func update(_ roots: [String: String]) throws(PosixError) {
        guard !roots.isEmpty else { return }
        try FileSystem.createDirectories(Project.statePath, mode: 0o700)
        try FileSystem.createDirectories(Roots.folder)
        for (name, target) in roots.sorted(by: { $0.key < $1.key }) {
            let link = "\(Roots.folder)/\(name)"
            if let status = try FileSystem.linkStatus(link) {
                if status.kind == .symbolicLink, try FileSystem.readLink(link) == target {
                    continue
                }
            }
            // Replaced in one step: another command may be reading through it.
            let new = FileSystem.temporaryPath(beside: link)
            try FileSystem.symbolicLink(to: target, at: new)
            try FileSystem.rename(new, to: link)
        }
    }
}
