import Digests
import Posix

/// The names in a slot that are the tool's own.
package enum SlotNames {
    /// Says which filling goes on; there only while one does.
    package static let filling = ".pipeline-filling"

    /// Under which name a marker lies that is about to be written.
    package static let stagedMarker = FileSystem.asidePrefix + "marker"

    /// The same of another of the tool's own files.
    package static let stagedOwn = FileSystem.asidePrefix + "own"

    /// Begins the names of claims to one of the tool's own files, where a storage cannot create one exclusively.
    package static let claimPrefix = FileSystem.asidePrefix + "claim-"

    /// At the top of a slot.
    package static let own = [SlotMarker.fileName, filling, stagedMarker]

    /// At the root of a place, which is the only slot with layout `in-place`.
    package static let ofPlaces = [PlaceClaim.fileName, PlaceLock.fileName]

    /// Whether a name at the top of a slot is one of the tool's own.
    package static func isOwn(_ name: String) -> Bool {
        (own + ofPlaces).contains { $0.utf8.elementsEqual(name.utf8) }
    }

    /// Whether a name without its folder is that of a file that did not get its name.
    package static func isAside(_ name: String) -> Bool {
        name.utf8.starts(with: FileSystem.asidePrefix.utf8)
    }

    /// Under which name a file is written before it gets its own. It depends on path and content only,
    /// so that another process can go on with it; and it is short, whatever the file is called.
    package static func aside(for entry: DataManifest.Entry) -> String {
        let name = Digest.of(entry.digest.hex + entry.path.text).short
        let path = FileSystem.asidePrefix + name
        return entry.path.folder.map { "\($0)/\(path)" } ?? path
    }
}
