import DeployTargets
import Digests
import PipelineEngine
import PipelineLedger
import PipelineModel
import Slots

/// The release that is live at a place whose releases are folders, by its marker.
struct NamedRelease {
    let folder: String
    let number: Int64
    let manifest: Digest
    /// Of what its data was sent from; nil where that is not told.
    let commit: String?
    /// Whether the history that this clone has read tells of it.
    let isKnown: Bool

    /// Nil where the place names none, and in environments without such a place.
    init?(_ context: ShippingContext) throws {
        guard let target = try context.folderTarget(), case .folder(let name) = try target.live(),
            case .present(let marker) = try context.places.markerFile(name)
        else { return nil }
        folder = name
        number = Int64(marker.release)
        manifest = marker.manifest
        commit = marker.sender?.commit
        let known = try context.ledger?.release(number, environment: context.environment.name)
        isKnown = known?.manifest == marker.manifest
    }

    /// `release 6 (folder 3f2a81…)`
    var text: String { "release \(number) (folder \(folder))" }
}
