import Digests

/// What is known of a slot before it is looked into.
struct SlotKnowledge {
    /// Files that it is believed to hold, with their digests.
    var content = SlotContent()
    /// Whether it holds just these and nothing else: according to its marker.
    var isCurrent = false
    /// Whether its marker names just what it is to hold, though nobody here knows of it: then it is read
    /// back instead of being sent again.
    var isNamed = false
    /// The token of an earlier filling that goes on, so that neither journal nor slot start over.
    var token: String?
    /// The manifest that it held when its marker was last there.
    var baseline: Digest?
    /// Bytes under temporary names, of files that were not completed.
    var parts: [String: Int64] = [:]

    init() {}

    /// All of `content`, except what was seen to be wrong; there may be more than that.
    init(believing content: SlotContent, but wrong: [RelativePath]) {
        self.content = content
        for path in wrong { self.content.files[path] = nil }
    }
}

extension SlotWriter {
    /// Files of a slot with a marker that somebody has changed by hand since it was filled. It is said.
    func altered(in route: any Transport) throws(SlotWriterError) -> [RelativePath] {
        let paths = try onRoute { () throws(TransportError) in
            try route.alteredFiles(isInterrupted: isInterrupted)
        }
        if let first = paths.first {
            onNote(
                "\(paths.count) \(paths.count == 1 ? "file was" : "files were") changed by hand after a slot was "
                    + "filled, such as \"\(first)\"; slots may share them, and they are not believed"
            )
        }
        return paths
    }

    /// What the marker, or else the journal of a filling that was interrupted, says of the slot.
    func knowledge(
        after filled: FilledSlot?, marker present: SlotMarker??, of manifest: DataManifest
    ) throws(SlotWriterError) -> SlotKnowledge {
        var known = SlotKnowledge()
        var marker: SlotMarker?
        if let present {
            marker = present
        } else {
            marker = try onRoute { () throws(TransportError) in try route.marker() }
        }
        if let marker {
            if let filled, marker.generation == filled.generation,
                marker.manifest == filled.manifest.digest
            {
                known.content = SlotContent(filled.manifest)
                known.baseline = filled.manifest.digest
                let altered = try altered(in: route)
                for path in altered { known.content.files[path] = nil }
                known.isCurrent = altered.isEmpty
            }
            known.isNamed = !known.isCurrent && marker.manifest == manifest.digest
            return known
        }
        guard let memory = try onJournal({ () throws in try journal?.load() }) ?? nil,
            try onRoute({ () throws(TransportError) in try route.fillingNote() })?.token
                == memory.token
        else { return known }
        known.token = memory.token
        known.baseline = memory.baseline
        if let baseline = memory.baseline.flatMap(self.manifest) {
            known.content = SlotContent(baseline)
        }
        known.content.files.merge(memory.files) { $1 }
        known.parts = memory.parts
        return known
    }
}
