package import ArchiveHistory
package import Digests
import Failures
package import Slots

extension ArchivePlace {
    /// Files of one content each that a clone has sent, found by name and size: their bytes were not read.
    ///
    /// - Parameters:
    ///   - contents: those that are looked for, with their bytes.
    ///   - writer: the id of the clone.
    package func objects(
        _ contents: [Digest: Int64], by writer: String,
        isInterrupted: @escaping InterruptionCheck
    ) throws -> [ArchivedObject] {
        var found: [Digest: ArchivedObject] = [:]
        for folder in Set(contents.keys.map { String($0.hex.prefix(2)) }).sorted() {
            if isInterrupted() { return [] }
            let objects = self.folder("\(Self.objects)/\(folder)")
            for entry in try reaching({ try objects.entries(of: nil) }) ?? [] {  // it is not there
                guard case .file(let size) = entry.kind,
                    let digest = Digest(hex: entry.name.prefix(64)), contents[digest] == size,
                    entry.name.hasPrefix("\(digest.hex)-\(writer)-")
                else { continue }
                found[digest] = ArchivedObject(
                    digest: digest, size: size, path: "\(Self.objects)/\(folder)/\(entry.name)",
                    offset: nil)
            }
        }
        return found.keys.sorted().compactMap { found[$0] }
    }

    /// Bytes of all objects and packs that are there, by their paths.
    func contentSizes(_ isInterrupted: @escaping InterruptionCheck) throws -> [String: Int64] {
        try sizes(of: [Self.objects, Self.packs], isInterrupted)
    }

    /// Bytes of all files in some folders, by their paths.
    func sizes(
        of folders: [String], _ isInterrupted: @escaping InterruptionCheck
    ) throws -> [String: Int64] {
        try files(in: folders, isInterrupted).sizes
    }

    /// Bytes of all files in some folders, by their paths, and the paths of files that did not get their name.
    func files(
        in folders: [String], _ isInterrupted: @escaping InterruptionCheck
    ) throws -> (sizes: [String: Int64], leftovers: [String]) {
        var sizes: [String: Int64] = [:]
        var leftovers: [String] = []
        for folder in folders {
            let listing = try reaching {
                try self.folder(folder).list(
                    expecting: ListingHint(), isInterrupted: isInterrupted)
            }
            for entry in listing.entries {
                guard case .file(let size) = entry.kind else { continue }
                sizes["\(folder)/\(entry.path.text)"] = size
            }
            leftovers += listing.leftovers.map { "\(folder)/\($0)" }
        }
        return (sizes, leftovers)
    }
}
