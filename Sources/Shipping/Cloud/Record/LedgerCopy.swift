import AWS
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// A copy of the ledger beside the operators' record, made after each deployment: what ran where, and what made it,
/// outlives the machine that it was done on.
struct LedgerCopy {
    let context: ShippingContext
    let session: RunSession
    let cloud: Cloud

    /// What fails here fails the next time as well, and does no harm to the deployment.
    func keep() {
        do { try tryToKeep() } catch {
            session.emit(.note("no copy of the ledger was kept: \(error)"))
        }
    }

    /// Each clone has a ledger of its own, and so a copy of its own.
    static func key(_ site: CloudSite, clone: String) -> String {
        "\(site.prefix)ledgers/\(clone).sqlite"
    }

    private func tryToKeep() throws {
        let copy = context.absolute("\(context.environmentFolder)/ledger-copy.sqlite")
        // Ours: a file of the environment's own state, which only this writes.
        if try FileSystem.status(copy) != nil { try FileSystem.remove(copy) }
        defer { try? FileSystem.remove(copy) }  // try?: ours, made below; see above
        try session.writer.copy(to: copy)
        _ = try cloud.client.putObject(
            bucket: try cloud.bucket(), key: Self.key(cloud.site, clone: try CloneIdentity.id()),
            file: copy, cancel: session.cancellation)
    }
}
