import Digests

/// What a slot was found to hold before or after a filling.
struct SlotSurvey {
    var content: SlotContent
    /// Folders, sorted.
    var folders: [RelativePath]
    /// Links, pipes and devices.
    var strangers: [RelativePath]
    var leftovers: [String]
}

extension SlotWriter {
    /// Lists the slot, and joins the sizes with the digests that are known or can be had.
    ///
    /// A digest of `known` counts where the size is the same. Where none is known, and the size is that
    /// of the manifest, the file is hashed if the route reads cheaply; else it counts as different.
    func survey(
        _ manifest: DataManifest, believing known: SlotContent, rereading: Bool = false
    ) throws(SlotWriterError) -> SlotSurvey {
        let listing = try onRoute { () throws(RouteError) in
            try route.list(isInterrupted: isInterrupted)
        }
        var survey = SlotSurvey(
            content: listing.content, folders: [], strangers: [], leftovers: listing.leftovers)
        for entry in listing.entries {
            switch entry.kind {
            case .file: continue
            case .folder: survey.folders.append(entry.path)
            case .other: survey.strangers.append(entry.path)
            }
        }
        for entry in manifest.entries {
            guard survey.content.files[entry.path]?.size == entry.size else { continue }
            let digest = try digest(of: entry, known, rereading)
            survey.content.files[entry.path] = .init(size: entry.size, digest: digest)
        }
        return survey
    }

    private func digest(
        of entry: DataManifest.Entry, _ known: SlotContent, _ rereading: Bool
    ) throws(SlotWriterError) -> Digest? {
        if !rereading {
            if let file = known.files[entry.path], file.size == entry.size, file.digest != nil {
                return file.digest
            }
            guard route.features.readsCheaply else { return nil }
        }
        return try onRoute { () throws(RouteError) in
            try route.digest(of: entry.path, isInterrupted: isInterrupted)
        }
    }
}
