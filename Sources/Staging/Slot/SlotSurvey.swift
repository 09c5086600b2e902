import Digests

/// What a slot was found to hold before or after a filling.
struct SlotSurvey {
    var content: SlotContent
    /// Folders, sorted.
    var folders: [RelativePath]
    /// Links, pipes and devices.
    var nonRegularFiles: [RelativePath] = []
    var leftovers: [String] = []
    /// Files of which a temporary file is left: what was noted of them is not believed any more.
    var unsure: [RelativePath] = []

    /// What is there by what is known, without looking.
    init(_ known: SlotKnowledge) {
        content = known.content
        folders = Set(known.content.files.keys.flatMap(\.folders)).sorted()
    }

    init(_ listing: TransportListing) {
        content = listing.content
        folders = []
        leftovers = listing.leftovers
        for entry in listing.entries {
            switch entry.kind {
            case .file: continue
            case .folder: folders.append(entry.path)
            case .other: nonRegularFiles.append(entry.path)
            }
        }
    }
}

extension SlotWriter {
    /// Lists the slot, and joins the sizes with the digests that are known or can be had.
    ///
    /// A digest that is known counts where the size is the same, unless a file lies there under the name
    /// it would be written to a temporary path with: then it did not get its name. Where none is known, and the size
    /// is that of the manifest, the file is hashed if the route reads cheaply; else it counts as different.
    func survey(
        _ manifest: DataManifest, knowing known: SlotKnowledge
    ) throws(SlotWriterError) -> SlotSurvey {
        let listing = try onRoute { () throws(TransportError) in
            try route.list(
                expecting: ListingHint(manifest.entries.lazy.map(\.path)),
                isInterrupted: isInterrupted)
        }
        let features = try onRoute { () throws(TransportError) in try route.features() }
        var survey = SlotSurvey(listing)
        let asides = Set(listing.leftovers)
        var unknown: [DataManifest.Entry] = []
        for entry in manifest.entries {
            let isCut = !asides.isEmpty && asides.contains(SlotNames.aside(for: entry))
            if isCut { survey.unsure.append(entry.path) }
            guard survey.content.files[entry.path]?.size == entry.size else { continue }
            if !isCut, let file = known.content.files[entry.path], file.size == entry.size {
                survey.content.files[entry.path] = file
            } else {
                unknown.append(entry)
            }
        }
        guard features.readsCheaply || known.isNamed else { return survey }
        let digests = try onRoute { () throws(TransportError) in
            try route.digests(of: unknown, progress: { _ in }, isInterrupted: isInterrupted)
        }
        for (entry, digest) in zip(unknown, digests) {
            survey.content.files[entry.path] = .init(size: entry.size, digest: digest)
        }
        return survey
    }
}
