import Failures
import JSON
import Paths
import PipelineEngine
import Posix
import Processes

extension BatchExecutor {
    /// A unit that failed for a file of the project that its node does not have: the error names it.
    func explained(
        _ failure: Failure, _ submitted: SubmittedUnit, _ task: Int, _ batch: SubmittedBatch
    ) -> Failure {
        // Of the task, not of the unit.
        guard !failure.code.hasPrefix("task-") else { return failure }
        let log = try? FileSystem.readTail(submitted.log, limit: 1 << 14)  // try?: it only explains
        let said = failure.text + "\n" + String(decoding: log ?? [], as: UTF8.self)
        var sent: Set<String> = []
        for name in [TaskFiles.shared, TaskFiles.name(task)] {
            let files = try? JSONValue.decode(  // try?: as above
                TaskFiles.self,
                from: FileSystem.read("\(batch.folder.path)/\(name)", limit: 1 << 28))
            sent.formUnion(files?.files.map(\.path) ?? [])  // it only explains
        }
        let named = said.split { !Self.isOfPath($0) }.compactMap { PathText.normalized(String($0)) }
        let lacking = named.first { path in
            guard !path.hasPrefix("/"), !sent.contains(path), !OwnFiles.isOwn(path) else {
                return false
            }
            let status = try? FileSystem.status(path)  // try?: as above
            return status?.kind == .file
        }
        guard let lacking else { return failure }
        var explained = failure
        explained.cause =
            "\"\(lacking)\" is not on the node: with \"data: archive\" a unit has the files there that it names, "
            + "the scripts that Git tracks, and what stands under \"code\""
        explained.next = "add it to \"inputs\" or \"may_read\" of the unit"
        return explained
    }

    private static func isOfPath(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "._-/+@%".contains(character)
    }
}
