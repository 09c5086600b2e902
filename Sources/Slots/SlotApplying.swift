extension SlotWriter {
    /// Carries out a difference: first what stands in the way of new files goes, then they are sent, then
    /// the rest goes.
    func apply(
        _ difference: SlotDifference, _ found: SlotSurvey, _ manifest: DataManifest,
        _ source: Source,
        _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        for name in found.leftovers {
            try onRoute { () throws(RouteError) in try route.removeLeftover(name) }
        }
        // The site may follow a link to anywhere; no manifest holds one.
        for stranger in found.strangers { try delete(stranger) }

        let files = Set(manifest.entries.map(\.path))
        let folders = Set(manifest.entries.flatMap(\.path.folders))
        let obstacles = difference.deletes.filter { path in
            folders.contains(path) || path.folders.contains(where: files.contains)
        }
        for path in obstacles { try delete(path) }
        // The innermost first, so that a folder is empty when its turn comes.
        let inTheWay = Set(
            found.folders.filter {
                files.contains($0) || $0.folders.contains(where: files.contains)
            })
        for folder in found.folders.reversed() where inTheWay.contains(folder) {
            try onRoute { () throws(RouteError) in try route.removeEmptyFolder(folder) }
        }
        try send(difference.puts, source, &filling)
        let gone = Set(obstacles)
        for path in difference.deletes where !gone.contains(path) { try delete(path) }
        for folder in found.folders.reversed()
        where !folders.contains(folder) && !inTheWay.contains(folder) {
            try onRoute { () throws(RouteError) in try route.removeEmptyFolder(folder) }
        }
        filling.filesDeleted += difference.deletes.count + found.strangers.count
    }

    private func delete(_ path: RelativePath) throws(SlotWriterError) {
        guard !isInterrupted() else { throw .route(.interrupted) }
        try onRoute { () throws(RouteError) in try route.delete(path) }
    }

    private func send(
        _ entries: [DataManifest.Entry], _ source: Source, _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        var progress = SlotProgress(
            filesTotal: entries.count, bytesTotal: entries.reduce(0) { $0 + $1.size })
        for entry in entries {
            guard !isInterrupted() else { throw .route(.interrupted) }
            progress.path = entry.path
            onProgress(progress)
            if try link(entry) {
                progress.filesDone += 1
                progress.bytesDone += entry.size
                filling.filesLinked += 1
                continue
            }
            let file: String
            do { file = try source(entry) } catch {
                throw .noSource(entry, reason: "\(error)")
            }
            let step: (Int64) -> Void = { bytes in
                progress.bytesDone += bytes
                onProgress(progress)
            }
            try onRoute { () throws(RouteError) in
                try route.put(file, as: entry, progress: step, isInterrupted: isInterrupted)
            }
            progress.filesDone += 1
            filling.filesSent += 1
            filling.bytesSent += entry.size
        }
        progress.path = nil
        onProgress(progress)
    }

    /// Takes the file from another slot that is known to hold it.
    private func link(_ entry: DataManifest.Entry) throws(SlotWriterError) -> Bool {
        for sibling in siblings where sibling.content.holds(entry) {
            let isLinked = try onRoute { () throws(RouteError) in
                try route.link(entry, from: sibling.route)
            }
            if isLinked { return true }
        }
        return false
    }
}
