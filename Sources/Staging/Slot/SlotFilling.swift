/// How far a filling is.
package struct SlotProgress: Hashable, Sendable {
    package enum Phase: Hashable, Sendable { case sending, verifying }

    package var phase: Phase
    package var filesDone = 0
    package var filesTotal: Int
    package var bytesDone: Int64 = 0
    package var bytesTotal: Int64
    /// A file that is being sent.
    package var path: RelativePath?

    package init(
        phase: Phase = .sending, filesDone: Int = 0, filesTotal: Int, bytesDone: Int64 = 0,
        bytesTotal: Int64, path: RelativePath? = nil
    ) {
        self.phase = phase
        self.filesDone = filesDone
        self.filesTotal = filesTotal
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.path = path
    }
}

/// What a filling did.
package struct SlotFilling: Hashable, Sendable {
    package var filesSent = 0
    package var bytesSent: Int64 = 0
    /// Taken from another slot without being sent.
    package var filesLinked = 0
    /// Copied from another slot at the place, without being sent.
    package var filesCopied = 0
    package var filesKept = 0
    package var filesDeleted = 0

    package init(
        filesSent: Int = 0, bytesSent: Int64 = 0, filesKept: Int = 0, filesDeleted: Int = 0
    ) {
        self.filesSent = filesSent
        self.bytesSent = bytesSent
        self.filesKept = filesKept
        self.filesDeleted = filesDeleted
    }
}

/// A filling that ended well, as the ledger's keeper remembers it.
package struct FilledSlot: Hashable, Sendable {
    package var manifest: DataManifest
    /// The generation of its marker.
    package var generation: Int

    package init(manifest: DataManifest, generation: Int) {
        self.manifest = manifest
        self.generation = generation
    }
}
