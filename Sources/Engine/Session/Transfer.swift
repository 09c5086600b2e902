/// How far the sending of files is.
package struct TransferProgress: Sendable, Hashable {
    package enum Phase: String, Sendable { case sending, verifying }

    package let phase: Phase
    package let filesDone: Int
    package let filesTotal: Int
    package let bytesDone: Int64
    package let bytesTotal: Int64
    /// A file that is on its way.
    package let path: String?

    package init(
        phase: Phase, filesDone: Int, filesTotal: Int, bytesDone: Int64, bytesTotal: Int64,
        path: String?
    ) {
        self.phase = phase
        self.filesDone = filesDone
        self.filesTotal = filesTotal
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.path = path
    }
}

/// What a sync is going to send, known before anything is sent.
package struct TransferPlan: Sendable, Hashable {
    package let files: Int
    package let bytes: Int64
    /// Files that another slot holds, so that they need not be sent.
    package let shared: Int
    package let kept: Int
    package let deletes: Int
    /// Paths in the slot that are deleted, the first of them.
    package let deleted: [String]
    /// Seconds that it will take at the throughput that the last sync measured; nil where there was none.
    package let seconds: Double?

    package init(
        files: Int, bytes: Int64, shared: Int, kept: Int, deletes: Int, deleted: [String] = [],
        seconds: Double?
    ) {
        self.deleted = deleted
        self.files = files
        self.bytes = bytes
        self.shared = shared
        self.kept = kept
        self.deletes = deletes
        self.seconds = seconds
    }
}

/// What a sync has sent.
package struct TransferSummary: Sendable, Hashable {
    package let files: Int
    package let bytes: Int64
    /// Files that another slot of the place gave, by a hard link and by a copy there.
    package let linked: Int
    package let copied: Int
    package let seconds: Double

    package init(files: Int, bytes: Int64, linked: Int, copied: Int, seconds: Double) {
        self.files = files
        self.bytes = bytes
        self.linked = linked
        self.copied = copied
        self.seconds = seconds
    }
}
