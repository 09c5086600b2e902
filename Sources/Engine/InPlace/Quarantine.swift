import Paths
import PipelineStore
import Posix

/// Where files go that a command left and that are not to count: out of every folder that a command, a pattern or a
/// sync reads, under their own paths, so that they can be moved back.
package struct Quarantine {
    package static let folder = "\(Project.statePath)/quarantine"
    /// In the folder of a file that lies on another file system than the project's state.
    package static let besideName = ".pipeline-quarantine"

    let attempt: Int64
    let disk: any Disk

    /// Moves a file, or a link, that is there.
    ///
    /// - Returns: where it lies now.
    func move(_ path: String) throws(PosixError) -> String {
        let target = try free("\(Self.folder)/\(attempt)/\(path)")
        try disk.createDirectories(PathText.folder(target))
        do throws(PosixError) {
            try disk.rename(path, to: target)
            return target
        } catch {
            guard error.isOtherFileSystem else { throw error }
        }
        let beside = try free(
            "\(PathText.folder(path))/\(Self.besideName)/\(attempt)/\(PathText.name(path))"
        )
        try disk.createDirectories(PathText.folder(beside))
        try disk.rename(path, to: beside)
        return beside
    }

    /// A name that nothing has: what lies there already is kept.
    private func free(_ target: String) throws(PosixError) -> String {
        var name = target
        var count = 1
        while try disk.linkStatus(name) != nil {
            count += 1
            name = "\(target).\(count)"
        }
        return name
    }
}
