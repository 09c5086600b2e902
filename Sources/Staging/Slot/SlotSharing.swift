import Digests

/// What other slots of the place hold is linked or copied there, and not sent.
extension SlotWriter {
    /// Gives the slot files of other slots that are known to hold them; what no slot could give is left.
    func share(
        _ entries: [DataManifest.Entry], _ fence: SlotFence, _ progress: inout SlotProgress,
        _ filling: inout SlotFilling
    ) throws(SlotWriterError) -> [DataManifest.Entry] {
        var left = entries
        var sources: [(route: any Transport, content: SlotContent)] = []
        for var sibling in siblings where left.contains(where: sibling.content.holds) {
            for path in try altered(in: sibling.route) { sibling.content.files[path] = nil }
            let held = left.filter(sibling.content.holds)
            let linked = try onRoute { () throws(TransportError) in
                try route.link(held, from: sibling.route, isInterrupted: isInterrupted)
            }
            let done = Set(linked.map { held[$0].path })
            for entry in held where done.contains(entry.path) { count(entry, &progress) }
            filling.filesLinked += done.count
            left.removeAll { done.contains($0.path) }
            sources.append(sibling)
            onProgress(progress)
        }
        guard !left.isEmpty,
            try onRoute({ () throws(TransportError) in try route.features().copiesFiles })
        else { return left }
        for source in sources where !left.isEmpty {
            try copy(&left, from: source, fence, &progress, &filling)
        }
        return left
    }

    /// Copies what could not be linked: a kernel refuses links to files of other users (`fs.protected_hardlinks`), and there are file
    /// systems without any. What cannot be copied either is left, to be sent.
    private func copy(
        _ entries: inout [DataManifest.Entry],
        from sibling: (route: any Transport, content: SlotContent), _ fence: SlotFence,
        _ progress: inout SlotProgress, _ filling: inout SlotFilling
    ) throws(SlotWriterError) {
        var copied: Set<RelativePath> = []
        var end = clock()
        // The largest first: a confirmation is for the largest file that follows it.
        let held = entries.filter(sibling.content.holds).sorted { $1.size < $0.size }
        copying: for entry in held {
            if clock() >= end {
                try fence.confirm(filling, before: entry)
                end = clock() + batchNs
            }
            progress.path = entry.path
            do throws(TransportError) {
                guard
                    try route.copy(
                        entry, from: sibling.route,
                        isInterrupted: { isInterrupted() || fence.isOver })
                else { continue }
            } catch {
                switch error {
                case .differs(_, let source, let expected, let found):
                    onNote(
                        "\"\(source)\" is not what its slot's marker names (\(found?.short ?? "another size"), "
                            + "not \(expected.short)), and is sent; `pipeline verify --remote` looks at all of it"
                    )
                    continue
                case .system:
                    // Where it is this slot that cannot be written, sending fails at the same.
                    onNote("copied no more from another slot, but sent: \(error)")
                    break copying
                // It took longer than the lock lives, which is confirmed before anything is sent.
                case .interrupted where !isInterrupted(): break copying
                default: throw .route(error)
                }
            }
            copied.insert(entry.path)
            filling.filesCopied += 1
            count(entry, &progress)
            onProgress(progress)
        }
        entries.removeAll { copied.contains($0.path) }
    }

    private func count(_ entry: DataManifest.Entry, _ progress: inout SlotProgress) {
        journal?.note(placing: entry)
        progress.filesDone += 1
        progress.bytesDone += entry.size
    }
}
