package import Failures

/// What must happen to make a slot hold a manifest.
package struct SlotDifference: Hashable, Sendable {
    /// To be sent, in the order of the manifest.
    package let puts: [DataManifest.Entry]
    /// There already.
    package let keeps: [DataManifest.Entry]
    /// Sorted.
    package let deletes: [RelativePath]

    /// Bytes to send.
    package var bytes: Int64 { puts.reduce(0) { $0 + $1.size } }
    package var isEmpty: Bool { puts.isEmpty && deletes.isEmpty }

    package init(from content: SlotContent, to manifest: DataManifest) {
        var (puts, keeps): ([DataManifest.Entry], [DataManifest.Entry]) = ([], [])
        for entry in manifest.entries {
            if content.holds(entry) { keeps.append(entry) } else { puts.append(entry) }
        }
        self.puts = puts
        self.keeps = keeps
        let wanted = Set(manifest.entries.map(\.path))
        deletes = content.files.keys.filter { !wanted.contains($0) }.sorted()
    }
}

/// Against a folder that was emptied by mistake and would empty the slot too.
package struct DeleteGuard: Hashable, Sendable {
    /// So many files may always be deleted.
    package var files: Int
    /// And so large a part of the files of the slot, from 0 to 1.
    package var fraction: Double

    package init(files: Int = 50, fraction: Double = 0.2) {
        self.files = files
        self.fraction = fraction
    }

    /// Throws where a difference would delete more of `content` than is plausible.
    package func check(
        _ difference: SlotDifference, of content: SlotContent
    ) throws(DeleteLimitExceeded) {
        let limit = max(files, Int(fraction * Double(content.files.count)))
        guard difference.deletes.count > limit else { return }
        throw DeleteLimitExceeded(
            deletes: difference.deletes.count, files: content.files.count, limit: limit)
    }
}

/// A filling that would delete suspiciously many files.
package struct DeleteLimitExceeded: Explained, Equatable {
    package let deletes: Int
    package let files: Int
    package let limit: Int

    package var description: String { failure.text }

    package var failure: Failure {
        Failure(
            "delete-storm",
            "\(deletes) of the \(files) files in the slot would be deleted, more than the \(limit) that are "
                + "plausible",
            next: "check that the compiled data is complete; if this is meant",
            run: .again(adding: "--max-delete \(deletes)"))
    }
}
