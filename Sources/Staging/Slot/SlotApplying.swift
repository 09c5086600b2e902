import Paths

extension SlotWriter {
    /// Carries out a difference: first what stands in the way of new files goes, then they are sent, then
    /// the rest goes.
    func apply(
        _ difference: SlotDifference, _ found: SlotSurvey, _ manifest: DataManifest,
        _ parts: [String: Int64], _ source: Source, _ fence: SlotFence,
        _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        // What can be gone on with stays.
        let wanted = Set(
            found.leftovers.isEmpty || parts.isEmpty ? [] : difference.puts.map(SlotNames.aside))
        try onJournal { () throws in try journal?.note(unsure: found.unsure) }
        let useless = found.leftovers.filter {
            !wanted.contains($0) || parts[PathText.name($0)] == nil
        }
        try onRoute { () throws(TransportError) in try route.removeLeftovers(useless) }
        // The site may follow a link to anywhere; no manifest holds one.
        try delete(found.nonRegularFiles)

        let files = Set(manifest.entries.map(\.path))
        let folders = Set(manifest.entries.flatMap(\.path.folders))
        let obstacles = difference.deletes.filter { path in
            folders.contains(path) || path.folders.contains(where: files.contains)
        }
        try delete(obstacles)
        // The innermost first, so that a folder is empty when its turn comes.
        let inTheWay = found.folders.reversed().filter {
            files.contains($0) || $0.folders.contains(where: files.contains)
        }
        try removeEmptyFolders(inTheWay)
        let needed = Set(difference.puts.flatMap(\.path.folders))
        try onRoute { () throws(TransportError) in try route.makeFolders(needed.sorted()) }
        try send(difference.puts, parts, source, fence, &filling)
        if !difference.deletes.isEmpty { try fence.confirm(filling) }
        let gone = Set(obstacles)
        try delete(difference.deletes.filter { !gone.contains($0) })
        let left = Set(folders).union(inTheWay)
        try removeEmptyFolders(found.folders.reversed().filter { !left.contains($0) })
        filling.filesDeleted += difference.deletes.count + found.nonRegularFiles.count
    }

    private func delete(_ paths: [RelativePath]) throws(SlotWriterError) {
        guard !paths.isEmpty else { return }
        try onRoute { () throws(TransportError) in
            try route.delete(paths, isInterrupted: isInterrupted)
        }
    }

    private func removeEmptyFolders(_ paths: [RelativePath]) throws(SlotWriterError) {
        guard !paths.isEmpty else { return }
        try onRoute { () throws(TransportError) in try route.removeEmptyFolders(paths) }
    }
}
