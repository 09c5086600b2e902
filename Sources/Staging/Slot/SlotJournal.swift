package import Digests
import JSON
import Paths
package import Posix

/// What is known of a slot while it is being filled, kept in a local file so that a killed filling
/// resumes.
///
/// It is a list of lines that only grows. What it says of a file is believed only while the slot carries
/// the token of the same filling, and only where the file has the size it says.
package final class SlotJournal {
    private let path: String
    private var descriptor: Int32?
    private var pending: [UInt8] = []

    /// `path` is the file, whose folder exists.
    package init(path: String) { self.path = path }

    deinit {
        flush()
        if let descriptor { Descriptors.close(descriptor) }
    }

    /// What an earlier process wrote; nil when there is no filling to go on with.
    package func load() throws(PosixError) -> SlotMemory? {
        guard try FileSystem.status(path)?.kind == .file else { return nil }
        return SlotMemory(parsing: try FileSystem.read(path))
    }

    /// Begins again, durably: before the slot is touched.
    package func begin(token: String, baseline: Digest?) throws(PosixError) {
        close()
        let line = "filling \(token) \(baseline?.hex ?? "-")\n"
        try FileSystem.writeAtomically(Array(line.utf8), to: path, mode: 0o600)
        descriptor = try Descriptors.open(path, .append)
    }

    /// Goes on with what `load` gave.
    package func resume() throws(PosixError) {
        close()
        // A line that was truncated by a kill ends here, and is not taken for a longer one.
        descriptor = try Descriptors.open(path, .append)
        pending.append(UInt8(ascii: "\n"))
    }

    /// The file is about to get its name.
    func note(placing entry: DataManifest.Entry) {
        add(
            "file \(entry.digest.hex) \(entry.size) \(JSONText.quoted(entry.path.text, .numbers))\n"
        )
        flush()
    }

    /// What these files are is not known any more: they are about to be replaced, or one that would have become one of them lies
    /// there under its temporary name and is about to be removed. Durable: what was noted before must not be believed again.
    func note(unsure paths: [RelativePath]) throws(PosixError) {
        guard descriptor != nil, !paths.isEmpty else { return }
        for path in paths { add("lost - 0 \(JSONText.quoted(path.text, .numbers))\n") }
        flush()
        try FileSystem.synchronize(path)
    }

    /// So much of the file is in the slot under its temporary name.
    func note(_ bytes: Int64, of entry: DataManifest.Entry) {
        add("part \(PathText.name(SlotNames.aside(for: entry))) \(bytes)\n")
        flush()
    }

    /// The filling has ended, or there is nothing to go on with.
    package func remove() throws(PosixError) {
        close()
        // ours: the journal of this clone
        try FileSystem.remove(path)
    }

    private func add(_ line: String) { pending += line.utf8 }

    // A kill loses nothing that was written, and lines that a power cut takes are only sent again: so it
    // is not synchronised. A journal that cannot be written costs time after a kill, and nothing else.
    private func flush() {
        guard let descriptor, !pending.isEmpty else { return }
        try? Descriptors.write(pending, to: descriptor, path: path)  // try?: it is sent again
        pending = []
    }

    private func close() {
        flush()
        if let descriptor { Descriptors.close(descriptor) }
        descriptor = nil
    }
}
