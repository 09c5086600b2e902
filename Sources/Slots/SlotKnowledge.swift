import Digests

/// What is known of a slot before it is looked into.
struct SlotKnowledge {
    /// Files that it is believed to hold, with their digests.
    var content = SlotContent()
    /// Whether it holds just these and nothing else: its marker says so.
    var isCurrent = false
    /// Whether its marker names just what it is to hold, though nobody here knows of it: then it is read
    /// back instead of being sent again.
    var isNamed = false
    /// Whether an earlier filling goes on, so that neither journal nor slot begin anew.
    var isResumed = false
    /// The manifest that it held when its marker was last there.
    var baseline: Digest?
    /// Bytes under aside names, of files that were cut short.
    var parts: [String: Int64] = [:]

    init() {}

    /// All of `content`, except what was seen to be wrong; there may be more than that.
    init(believing content: SlotContent, but wrong: [RelativePath]) {
        self.content = content
        for path in wrong { self.content.files[path] = nil }
        isResumed = true
    }
}

extension SlotWriter {
    /// What the marker, or else the journal of a filling that was cut short, says of the slot.
    func knowledge(
        after filled: FilledSlot?, marker present: SlotMarker??, of manifest: DataManifest
    ) throws(SlotWriterError) -> SlotKnowledge {
        var known = SlotKnowledge()
        var marker: SlotMarker?
        if let present {
            marker = present
        } else {
            marker = try onRoute { () throws(RouteError) in try route.marker() }
        }
        if let marker {
            if let filled, marker.generation == filled.generation,
                marker.manifest == filled.manifest.digest
            {
                known.content = SlotContent(filled.manifest)
                known.isCurrent = true
                known.baseline = filled.manifest.digest
            }
            known.isNamed = !known.isCurrent && marker.manifest == manifest.digest
            return known
        }
        guard let memory = try onJournal({ () throws in try journal?.load() }) ?? nil,
            try onRoute({ () throws(RouteError) in try route.fillingToken() }) == memory.token
        else { return known }
        known.isResumed = true
        known.baseline = memory.baseline
        if let baseline = memory.baseline.flatMap(self.manifest) {
            known.content = SlotContent(baseline)
        }
        known.content.files.merge(memory.files) { $1 }
        known.parts = memory.parts
        return known
    }
}
