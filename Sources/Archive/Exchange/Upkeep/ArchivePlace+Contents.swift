import Failures
import Slots

extension ArchivePlace {
    /// Bytes of all objects and packs that are there, by their paths.
    func contentSizes(_ isInterrupted: @escaping InterruptionCheck) throws -> [String: Int64] {
        try sizes(of: [Self.objects, Self.packs], isInterrupted)
    }

    /// Bytes of all files in some folders, by their paths.
    func sizes(
        of folders: [String], _ isInterrupted: @escaping InterruptionCheck
    ) throws -> [String: Int64] {
        var sizes: [String: Int64] = [:]
        for folder in folders {
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
