import Arguments
import Digests
import Failures
import Packs
import PipelineModel
import PipelineShipping
import Processes
import Slots
import Terminal

/// Sends a pack into an environment's data folder and reads it back there.
struct PackPublishing {
    let invocation: Invocation
    let interrupts: Interrupts

    func publish(
        _ pack: String, digest: Digest, size: Int64, into folder: String
    ) throws -> ExitCode {
        let name = String(pack.split(separator: "/").last ?? "")
        let path = try RelativePath(
            try DataCommandContext.path(folder).map { "\($0)/\(name)" } ?? name)
        return try DataCommandContext.work(invocation, isChange: true, interrupts: interrupts) {
            place, cancel in
            if let objection = try place.objection(path) {
                throw DataPutCommand.Refused(failure: objection)
            }
            let isInterrupted = { cancel.isCancelled }
            try place.data.put([(pack, path)], progress: { _, _ in }, isInterrupted: isInterrupted)
            let found = try place.data.digest(
                of: path, size: size, expecting: digest, isInterrupted: isInterrupted)
            return report(found, digest, path, place)
        }
    }

    private func report(
        _ found: Digest?, _ digest: Digest, _ path: RelativePath, _ place: DataCommandContext
    ) -> ExitCode {
        guard found == digest else {
            invocation.errors.tell([
                Failure(
                    "published-differs",
                    "\"\(path.text)\" is not what was sent (\(found?.short ?? "missing"), not \(digest.short))",
                    next: "see that nobody else writes the pack, here or there", run: .again)
            ])
            return .verificationFailed
        }
        invocation.tell(
            "published as \"\(Format.escaped(path.text))\" of environment "
                + "\"\(Format.escaped(place.environment.name))\"; read back: equal")
        return .done
    }
}
