import Failures
import Paths
import Posix

extension Chain {
    /// Takes stale files out of the folders that units read by a pattern: what lists such a folder by itself, as a shell
    /// does, would find them there. Reports that, and what else stands where units once made something, once in a run.
    ///
    /// - Throws: `Failure`, `PosixError` where one cannot be moved: what lists its folder would read it.
    func moveStale(_ survey: Survey) throws {
        let found = survey.stale.filter { survey.staleInputs.contains($0.path) }
        for (index, output) in found.enumerated() {
            try move(output, isSaid: index < Self.mostNotes)
        }
        if found.count > Self.mostNotes {
            note("and \(found.count - Self.mostNotes) more files like these")
        }
        survey.former.compactMap(\.text).prefix(5).forEach(note)
        let others = survey.stale.filter { !survey.staleInputs.contains($0.path) && !$0.isMoved }
        if let first = others.first {
            let more = others.count > 1 ? " and \(others.count - 1) more" : ""
            note(
                "made by units that the definition no longer has: \(first.path)\(more); "
                    + "the next data release goes without, and `pipeline gc` removes them")
        }
    }

    private func note(_ text: String) {
        if session.isNew(note: text) { session.emit(.note(text)) }
    }

    private static let mostNotes = 5

    private func subject(_ output: StaleOutput) -> String {
        "\(output.path) was made by \(output.unit), which the definition no longer has"
    }

    private func move(_ output: StaleOutput, isSaid: Bool) throws {
        let target = "\(StaleOutput.folder)/\(output.path)"
        // Only what is still the unit's: somebody may have written there since.
        switch output.look(root: session.project.root) {
        case .stale: break
        case .absent: return
        case .kept: return note("\(subject(output)); it has just changed, and stays")
        case .unknown(let failure): throw failure
        }
        try FileSystem.createDirectories(PathText.folder(target))
        do { try FileSystem.rename(output.place, to: target) } catch {
            guard error.isOtherFileSystem else { throw error }
            // Ours: it lies in this program's own folder for such files.
            if try FileSystem.linkStatus(target) != nil { try FileSystem.remove(target) }
            try FileSystem.copy(output.place, to: target)
            // Ours: just seen to be what its unit made.
            try FileSystem.remove(output.place)
        }
        if isSaid {
            note("\(subject(output)): moved to \(target), out of what other units read")
        }
    }
}
