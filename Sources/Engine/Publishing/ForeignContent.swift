import Digests
import Paths
import PipelineLedger
import PipelineModel
import PipelinePlanning
import PipelineStore
import Posix

/// What lies at the path of an output and was not made by a unit: it is kept, not overwritten.
extension StageScheduler {
    /// Clears the path of an output for a new one. What the ledger recorded there, and what the store holds, goes; what
    /// may be somebody's own is moved to `.pipeline/replaced`.
    func clearPath(
        for path: String, of index: Int, _ attempted: Attempted, _ contents: [Publisher.Content]
    ) throws {
        guard let old = try disk.linkStatus(path) else { return }
        let unit = survey.graph.units[index]
        let position = unit.outputs.firstIndex(of: path) ?? 0
        let new = try disk.linkStatus(attempted.temporaryPaths[position])
        let recorded = survey.memory[unit.name]?.success?.outputs.first { $0.path == path }?.digest
        guard old.kind == .directory || new?.kind == .directory else {
            let made = contents.first { $0.path == path }?.digest
            try keepForeign(path, old, ours: [recorded, made], attempt: "\(attempted.attempt)")
            return
        }
        survey.facts.forget(path)
        switch survey.facts.fact(path) {
        case .content(let digest) where digest == recorded: break
        case .absent where try old.kind == .directory && OutputFolder.files(path, on: disk).isEmpty:
            break
        case .absent, .content, .unknown:
            return try moveToReplaced(path, old, attempt: "\(attempted.attempt)")
        }
        // Ours: just seen to be what the unit made, or a folder without files.
        try disk.removeTree(path)
    }

    /// Keeps a file, or a link, that the next rename would replace, unless its content is one of `ours` or in the store.
    ///
    /// - Parameter attempt: names the folder in `.pipeline/replaced`.
    func keepForeign(
        _ path: String, _ old: FileStatus, ours: [Digest?], attempt: String
    ) throws {
        // In the state that was looked at when the unit was decided about it holds what it held then.
        if old.kind != .file || survey.facts.key(path) != StatKey(old) {
            survey.facts.forget(path)
        }
        if case .content(let digest) = survey.facts.fact(path) {
            if ours.contains(digest) { return }
            if try store.sound(digest) != nil { return }
        }
        try moveToReplaced(path, old, attempt: attempt)
    }

    private func moveToReplaced(_ path: String, _ old: FileStatus, attempt: String) throws {
        let target = "\(Project.statePath)/replaced/\(attempt)/\(path)"
        try disk.createDirectories(PathText.folder(target))
        do throws(PosixError) {
            try disk.rename(path, to: target)
        } catch {
            // A folder of outputs on another file system: the copy is on disk before the rename replaces the file.
            guard error.isOtherFileSystem, old.kind == .file else { throw error }
            try disk.copy(path, to: target)
            try disk.synchronize(target)
        }
        emit(.note("\(path) held something else than its unit made: moved to \(target)"))
    }
}
