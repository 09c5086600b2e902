import Digests
import Docker
import FoundationEssentials
import PipelineModel
import PipelineStore
import Posix

/// The site's code as a `preview` runs it: the build context, kept in the store, laid out in a folder
/// of its own for each content. So a rollback brings back the code, whatever the working tree holds.
struct CodeTree {
    let context: ShippingContext

    /// Keeps the present code and returns the digest of its listing, which names it.
    func keep() throws -> Digest {
        let (image, entries) = try current()
        var lines: [String] = []
        for entry in entries {
            guard case .file(let digest, _) = entry.content else { continue }
            _ = try context.store.keep(try FileSystem.read("\(image.context)/\(entry.path)"))
            lines.append(
                CanonicalJSON.array([
                    CanonicalJSON.string(entry.path), CanonicalJSON.string(digest.hex),
                ]))
        }
        return try context.store.keep(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// The digest that `keep` would give, found without keeping anything.
    func digest() throws -> Digest {
        let (_, entries) = try current()
        let lines = entries.compactMap { entry -> String? in
            guard case .file(let digest, _) = entry.content else { return nil }
            return CanonicalJSON.array([
                CanonicalJSON.string(entry.path), CanonicalJSON.string(digest.hex),
            ])
        }
        return Digest.of(lines.joined(separator: "\n") + "\n")
    }

    private func current() throws -> (ImageStage, [BuildContext.Entry]) {
        let image = try context.imageStage().image
        let build = try BuildContext.read(
            root: image.context, dockerfile: image.dockerfile, digest: context.digest)
        return (image, build.entries)
    }

    /// The folder that holds this code, made if it is not there; absolute.
    func checkOut(_ code: Digest) throws -> String {
        let folder = "\(context.environmentFolder)/code/\(code.short)"
        if try FileSystem.status(folder) != nil { return context.absolute(folder) }
        guard let listing = try context.store.verified(code) else {
            throw ShippingError.contentLost(path: "code \(code.short)")
        }
        // Under a name of its own first: a folder that is there is whole.
        let aside = FileSystem.asidePath(beside: folder)
        try FileSystem.createDirectories(aside)
        for line in try FileSystem.readText(listing).split(separator: "\n") {
            let (path, digest) = try Self.entry(String(line))
            guard let object = try context.store.verified(digest) else {
                throw ShippingError.contentLost(path: path)
            }
            let target = "\(aside)/\(path)"
            try FileSystem.createDirectories(
                String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)]))
            try FileSystem.copy(object, to: target)
        }
        try FileSystem.rename(aside, to: folder)
        return context.absolute(folder)
    }

    /// The contents that a listing names.
    ///
    /// - Throws: `ShippingError.contentLost` where it is no listing.
    static func digests(inListing text: String) throws -> [Digest] {
        try text.split(separator: "\n").map { try entry(String($0)).1 }
    }

    /// A path and its content, of a line of a listing.
    static func entry(_ line: String) throws -> (String, Digest) {
        // try?: what is no list of texts is refused by the next line
        guard let parts = try? JSONDecoder().decode([String].self, from: Data(line.utf8)),
            parts.count == 2, let digest = Digest(hex: parts[1])
        else { throw ShippingError.contentLost(path: line) }
        return (parts[0], digest)
    }
}
