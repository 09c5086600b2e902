import Failures
import Slots

extension ArchivePlace {
    /// Bytes of all objects and packs that are there, by their paths.
    func contentSizes(_ isInterrupted: @escaping InterruptionCheck) throws -> [String: Int64] {
        var sizes: [String: Int64] = [:]
        for folder in [Self.objects, Self.packs] {
            let listing = try reaching {
                try self.folder(folder).list(
                    expecting: ListingHint(), isInterrupted: isInterrupted)
            }
            for entry in listing.entries {
                guard case .file(let size) = entry.kind else { continue }
                sizes["\(folder)/\(entry.path.text)"] = size
            }
        }
        return sizes
    }
}
