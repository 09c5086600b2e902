package import Digests

/// How much of a slot is read again before its marker is written.
package enum Verification: String, Hashable, Sendable, CaseIterable {
    /// What was sent was checked while it was sent; of everything, the names and sizes.
    case sizes
    /// Also the content of some files: of those sent now, and of those that were there.
    case sample
    /// Everything is read back and hashed.
    case full
}

/// A path at which a slot is not what a manifest says.
package struct Drift: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case missing
        /// There, and in no manifest.
        case added
        case size(Int64, expected: Int64)
        case content(Digest?, expected: Digest)
        /// A link, pipe or device.
        case stranger
        /// What an interrupted filling left.
        case leftover
        /// A file or folder that other users, such as the site's, cannot read.
        case closed
    }

    package let path: RelativePath
    package let kind: Kind
}

extension SlotWriter {
    /// Every path at which the slot is not what `manifest` says, sorted; changes nothing.
    package func audit(against manifest: DataManifest) throws(SlotWriterError) -> [Drift] {
        let listing = try onRoute { () throws(TransportError) in
            try route.list(
                expecting: ListingHint(manifest.entries.lazy.map(\.path)),
                isInterrupted: isInterrupted)
        }
        if let name = listing.foreign.first { throw .route(.badName(name.text)) }
        var drifts = Self.drifts(of: SlotSurvey(listing), from: manifest)
        drifts += try reread(chosen(manifest, sent: []), except: Set(drifts.map(\.path)))
        let known = Set(drifts.map(\.path))
        drifts += listing.closed.filter { !known.contains($0) }.map {
            Drift(path: $0, kind: .closed)
        }
        return drifts.sorted { $0.path < $1.path }
    }

    /// The check after a filling; `sent` is what this filling sent.
    func check(
        _ manifest: DataManifest, sent: Set<RelativePath>
    ) throws(SlotWriterError) -> [RelativePath] {
        let listing = try onRoute { () throws(TransportError) in
            try route.list(
                expecting: ListingHint(manifest.entries.lazy.map(\.path)),
                isInterrupted: isInterrupted)
        }
        // Whatever umask there was: the site, as another user, must be able to read it.
        if !listing.closed.isEmpty {
            try onRoute { () throws(TransportError) in try route.open(listing.closed) }
        }
        var drifts = Self.drifts(of: SlotSurvey(listing), from: manifest)
        drifts += try reread(chosen(manifest, sent: sent), except: Set(drifts.map(\.path)))
        return drifts.map(\.path).sorted()
    }

    private static func drifts(of survey: SlotSurvey, from manifest: DataManifest) -> [Drift] {
        var drifts: [Drift] = []
        var left = survey.content.files
        for entry in manifest.entries {
            guard let file = left.removeValue(forKey: entry.path) else {
                drifts.append(Drift(path: entry.path, kind: .missing))
                continue
            }
            if file.size != entry.size {
                drifts.append(
                    Drift(path: entry.path, kind: .size(file.size, expected: entry.size)))
            }
        }
        drifts += left.keys.map { Drift(path: $0, kind: .added) }
        drifts += survey.nonRegularFiles.map { Drift(path: $0, kind: .stranger) }
        drifts += survey.leftovers.compactMap { name in
            RelativePath(leftover: name).map { Drift(path: $0, kind: .leftover) }
        }
        return drifts
    }

    /// The files whose content is to be read again.
    private func chosen(
        _ manifest: DataManifest, sent: Set<RelativePath>
    ) -> [DataManifest.Entry] {
        switch verification {
        case .sizes: return []
        case .full: return manifest.entries
        case .sample:
            let (new, old) = manifest.entries.reduce(into: ([], [])) {
                (groups: inout ([DataManifest.Entry], [DataManifest.Entry]), entry) in
                if sent.contains(entry.path) {
                    groups.0.append(entry)
                } else {
                    groups.1.append(entry)
                }
            }
            return Self.sample(of: new) + Self.sample(of: old)
        }
    }

    // At least 20 and one in 20, chosen again each time: over many releases everything is read some time.
    private static func sample(of entries: [DataManifest.Entry]) -> [DataManifest.Entry] {
        Array(entries.shuffled().prefix(max(20, entries.count / 20)))
    }

    private func reread(
        _ entries: [DataManifest.Entry], except: Set<RelativePath>
    ) throws(SlotWriterError) -> [Drift] {
        let entries = entries.filter { !except.contains($0.path) }
        guard !entries.isEmpty else { return [] }
        var progress = SlotProgress(
            phase: .verifying, filesTotal: entries.count,
            bytesTotal: entries.reduce(0) { $0 + $1.size })
        let digests = try onRoute { () throws(TransportError) in
            try route.digests(
                of: entries,
                progress: {
                    progress.bytesDone += $0
                    onProgress(progress)
                }, isInterrupted: isInterrupted)
        }
        return zip(entries, digests).compactMap { entry, digest in
            digest == entry.digest
                ? nil : Drift(path: entry.path, kind: .content(digest, expected: entry.digest))
        }
    }
}
