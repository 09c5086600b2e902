import Digests
import Posix
package import Processes

/// Reads packs without unpacking or mounting them.
package struct PackReader: Sendable {
    private let cancel: Cancellation?

    package init(cancel: Cancellation? = nil) { self.cancel = cancel }

    /// What is in a pack, sorted by path. No content of a file is read.
    package func entries(of pack: String) throws(PackError) -> [PackEntry] {
        let long = try longList(pack)
        var head = PseudoFileHead()
        try stream(pack) { bytes throws(PackError) in head.add(bytes) == nil }
        return try records(head, long, pack).map(\.entry).sorted(by: PackEntry.inOrder)
    }

    /// What is in a pack, with the digest of each file: every byte of it is read and decompressed.
    package func content(of pack: String) throws(PackError) -> PackContent {
        let long = try longList(pack)
        var head = PseudoFileHead()
        var hasher: DataHasher?
        try stream(pack) { bytes throws(PackError) in
            if hasher != nil {
                hasher?.add(bytes[...])
            } else if let data = head.add(bytes) {
                let first = DataHasher(try self.records(head, long, pack))
                first.add(data)
                hasher = first
            }
            return true
        }
        let records = try self.records(head, long, pack)
        // A pack without files has no data to come to.
        guard let digests = (hasher ?? DataHasher(records)).finish() else {
            throw .unreadableListing(pack)
        }
        return PackContent(entries: records.map(\.entry), digests: digests)
    }

    private func longList(_ pack: String) throws(PackError) -> [UInt8] {
        let magic = try PackError.from { () throws(PosixError) in
            guard try FileSystem.status(pack)?.kind == .file else { return [UInt8]() }
            return try FileSystem.readHead(pack, limit: 4)
        }
        guard magic == Array("hsqs".utf8) else { throw .notAPack(pack) }
        var bytes: [UInt8] = []
        try ToolStream(command: SquashfsTools.longList(pack), tool: "unsquashfs", cancel: cancel)
            .run { part throws(PackError) in
                bytes += part
                return true
            }
        return bytes
    }

    private func stream(
        _ pack: String, _ body: ([UInt8]) throws(PackError) -> Bool
    ) throws(PackError) {
        try ToolStream(command: SquashfsTools.pseudoFile(pack), tool: "unsquashfs", cancel: cancel)
            .run(body)
    }

    private func records(
        _ head: PseudoFileHead, _ long: [UInt8], _ pack: String
    ) throws(PackError) -> [ListingParser.Record] {
        do {
            return try ListingParser.records(pseudo: head.text, long: long)
        } catch {
            throw .unreadableListing(pack)
        }
    }
}
