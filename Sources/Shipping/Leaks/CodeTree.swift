import Digests
import Docker
import Paths
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
            guard case .file = entry.content else {
                if let line = CodeTreeLine(entry) { lines.append(line.text) }
                continue
            }
            let bytes = try FileSystem.read("\(image.context)/\(entry.path)")
            let kept = try context.store.keep(bytes)
            if let line = CodeTreeLine(entry, digest: kept) { lines.append(line.text) }
        }
        return try context.store.keep(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// The digest that `keep` would give, found without keeping anything.
    func digest() throws -> Digest {
        let lines = try current().1.compactMap { CodeTreeLine($0)?.text }
        return Digest.of(lines.joined(separator: "\n") + "\n")
    }

    private func current() throws -> (ImageStage, [BuildContext.Entry]) {
        let image = try context.imageStage().image
        let build = try context.buildContext(of: image)
        return (image, build.entries)
    }

    /// A folder of data as the code sees it: by a link at a path of its own.
    struct Link {
        /// Below the code's folder.
        let path: String
        /// Absolute.
        let target: String
    }

    /// The folder that holds this code, made if it is not there; absolute. With links to data it is one for each slot.
    func checkOut(_ code: Digest, links: [Link] = []) throws -> String {
        let seen = Digest.of(links.map { "\($0.path)\0\($0.target)\n" }.joined())
        let folder =
            "\(context.environmentFolder)/code/\(code.short)"
            + (links.isEmpty ? "" : "-\(seen.short)")
        if try FileSystem.status(folder) != nil { return context.absolute(folder) }
        guard let listing = try context.store.verified(code) else {
            throw ShippingError.contentLost(path: "code \(code.short)")
        }
        // Under a name of its own first: a folder that is there is whole.
        let lines = try Self.lines(of: FileSystem.readText(listing))
        let aside = FileSystem.temporaryPath(beside: folder)
        try FileSystem.createDirectories(aside)
        for line in lines {
            let target = "\(aside)/\(line.path)"
            try FileSystem.createDirectories(PathText.folder(target))
            switch line.content {
            case .link(let leadsTo): try FileSystem.symbolicLink(to: leadsTo, at: target)
            case .file(let digest, let isExecutable):
                guard let object = try context.store.verified(digest) else {
                    throw ShippingError.contentLost(path: line.path)
                }
                try FileSystem.copy(object, to: target)
                if isExecutable { try FileSystem.changeMode(target, to: 0o555) }
            }
        }
        for link in links {
            let target = "\(aside)/\(link.path)"
            guard try FileSystem.linkStatus(target) == nil else {
                throw ShippingError.mountHidesCode(link.path)
            }
            try FileSystem.createDirectories(PathText.folder(target))
            try FileSystem.symbolicLink(to: link.target, at: target)
        }
        try FileSystem.rename(aside, to: folder)
        return context.absolute(folder)
    }

    /// The contents that a listing names.
    ///
    /// - Throws: `ShippingError.contentLost` where it is no listing.
    static func digests(inListing text: String) throws -> [Digest] {
        try lines(of: text).compactMap { line in
            if case .file(let digest, _) = line.content { digest } else { nil }
        }
    }

    /// Nothing of a listing lies behind one of its links, which may lead anywhere.
    ///
    /// - Throws: `ShippingError.contentLost` for a line that is none, or that leads out of the tree.
    static func lines(of listing: String) throws -> [CodeTreeLine] {
        let lines = try listing.split(separator: "\n").map { try CodeTreeLine(text: String($0)) }
        let links = Set(
            lines.compactMap { if case .link = $0.content { $0.path } else { nil } })
        for line in lines where PathText.ancestors(line.path).contains(where: links.contains) {
            throw ShippingError.contentLost(path: line.path)
        }
        return lines
    }
}
