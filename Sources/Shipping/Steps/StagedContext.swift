import Docker
import PipelineEngine
import Posix

/// A copy of a build context without what is withheld, for Docker's client, which sends all of a folder that its ignore file
/// lets pass. Files are hard links where the file system has them.
struct StagedContext {
    let folder: String

    /// - Parameter folder: of this tool's; what lies there is removed.
    init(_ build: BuildContext, of root: String, dockerfile: String, at folder: String) throws {
        self.folder = folder
        // Ours: only this program makes it, and holds the run's lock.
        try FileSystem.removeTree(folder)
        try FileSystem.createDirectories(folder)
        for entry in build.entries {
            let target = "\(folder)/\(entry.path)"
            switch entry.content {
            case .directory:
                try FileSystem.createDirectories(target)
            case .symbolicLink(let leadsTo):
                try Self.makeFolder(of: target)
                try FileSystem.symbolicLink(to: leadsTo, at: target)
            case .file:
                try Self.makeFolder(of: target)
                try Self.link("\(root)/\(entry.path)", at: target)
            }
        }
        for entry in build.entries where entry.content == .directory {
            try FileSystem.changeMode("\(folder)/\(entry.path)", to: entry.mode)
        }
        guard build.linkedDockerfile != nil else { return }
        // What it leads to may lie outside.
        let file = "\(folder)/\(dockerfile)"
        // Ours: a link in the folder that was made above.
        if try FileSystem.linkStatus(file) != nil { try FileSystem.remove(file) }
        try Self.makeFolder(of: file)
        try FileSystem.copy("\(root)/\(dockerfile)", to: file)
    }

    func remove() {
        try? FileSystem.removeTree(folder)  // try?: ours; the next build removes it
    }

    private static func makeFolder(of path: String) throws(PosixError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        try FileSystem.createDirectories(String(path[..<slash]))
    }

    private static func link(_ file: String, at target: String) throws(PosixError) {
        do { try FileSystem.link(file, at: target) } catch {
            guard error.isNotFound == false else { throw error }
            try FileSystem.copy(file, to: target)
        }
    }
}
