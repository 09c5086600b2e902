/// A name found in a slot.
package struct TransportEntry: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A file of so many bytes.
        case file(size: Int64)
        case folder
        /// A link, pipe, socket or device: nothing that belongs in a slot.
        case other
    }

    package let path: RelativePath
    package let kind: Kind

    package init(path: RelativePath, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}

/// A name in a folder, for people: it need not be one that a manifest can hold.
package struct FolderEntry: Hashable, Sendable {
    /// Of a name that is not UTF-8 bytes are shown as `\xff`.
    package let name: String
    /// The bytes of a name that is not UTF-8; nil for others.
    package let foreignBytes: [UInt8]?
    package let kind: TransportEntry.Kind
    /// Last change of the content, seconds since 1970; nil where the route does not know.
    package let modified: Int64?

    package init(
        name: String, kind: TransportEntry.Kind, modified: Int64?, foreignBytes: [UInt8]? = nil
    ) {
        self.name = name
        self.foreignBytes = foreignBytes
        self.kind = kind
        self.modified = modified
    }
}

/// What a route found in a slot.
package struct TransportListing: Hashable, Sendable {
    /// Sorted by path; the tool's own files (`SlotNames`) are not among them.
    package var entries: [TransportEntry]
    /// Files that an interrupted `put` left behind, as `removeLeftovers` takes them.
    package var leftovers: [String]
    /// Names that are not UTF-8.
    package var foreign: [ForeignName]
    /// Files and folders that the site, as another user, could not read, as far as the route can tell.
    package var closed: [RelativePath] = []

    package init(
        entries: [TransportEntry], leftovers: [String] = [], foreign: [ForeignName] = []
    ) {
        self.foreign = foreign
        self.entries = entries.sorted { $0.path < $1.path }
        self.leftovers = leftovers
    }

    /// The files with their sizes; what is known of digests is not part of it.
    package var content: SlotContent {
        var files: [RelativePath: SlotContent.File] = [:]
        files.reserveCapacity(entries.count)
        for entry in entries {
            if case .file(let size) = entry.kind {
                files[entry.path] = .init(size: size, digest: nil)
            }
        }
        return SlotContent(files)
    }
}
