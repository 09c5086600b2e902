import Digests
import Paths
import Posix
package import Slots

extension DirectoryTransport {
    package func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        try makeRoot()
        while let file = try next() { try put(file, observer, isInterrupted) }
    }

    private func put(
        _ file: TransportPut, _ observer: PutObserver, _ isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        let input = try system { () throws(PosixError) in try Descriptors.open(file.source, .read) }
        defer { Descriptors.close(input) }
        try place(file.entry, input, file.source, observer, isInterrupted)
    }

    package func copy(
        _ entry: DataManifest.Entry, from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Bool {
        guard let other = sibling as? DirectoryTransport,
            let source = try other.holder(of: entry.path),
            try other.status(entry.path.lastName, in: source).map(Self.kind)
                == .file(size: entry.size),
            let input = try other.openFile(entry.path.lastName, in: source)
        else { return false }
        defer { Descriptors.close(input) }
        try place(entry, input, "\(other.root)/\(entry.path)", PutObserver(), isInterrupted)
        return true
    }

    /// Gives the slot what an open file holds, once it was seen to be the content of `entry`.
    private func place(
        _ entry: DataManifest.Entry, _ input: Int32, _ source: String, _ observer: PutObserver,
        _ isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        guard let folder = try holder(of: entry.path) else {
            throw .system(
                PosixError(call: "open", path: "\(root)/\(entry.path)", code: PosixError.missing))
        }
        let staged = PathText.name(SlotNames.aside(for: entry))
        do throws(TransportError) {
            let digest = try copy(input, source, to: staged, in: folder, isInterrupted) {
                observer.acknowledged(entry, $0)
            }
            guard digest == entry.digest else {
                throw .differs(
                    path: entry.path, source: source, expected: entry.digest, found: digest)
            }
            guard !isInterrupted() else { throw .interrupted }
        } catch {
            try? folder.remove(staged)  // try?: the next filling removes what stays
            throw error
        }
        observer.placing(entry)
        // Where this fails the staged file stays: it is what says that the file did not get its name.
        try system { () throws(PosixError) in
            try folder.rename(staged, to: folder, entry.path.lastName)
        }
        noteChange(in: entry.path.folder)
        observer.placed(entry)
    }

    /// Copies a file to a new one, by sharing its blocks where that works, and hashes what arrived. It is on the disk
    /// then, with its mode.
    private func copy(
        _ input: Int32, _ source: String, to staged: String, in folder: FolderHandle,
        _ isInterrupted: InterruptionCheck, _ acknowledged: (Int64) -> Void
    ) throws(TransportError) -> Digest {
        // A killed process may have left one of this name.
        try system { () throws(PosixError) in try folder.remove(staged) }
        let output = try system { () throws(PosixError) in try folder.createFile(staged) }
        defer { Descriptors.close(output) }
        let digest: Digest
        if Descriptors.clone(input, to: output) {
            digest = try self.digest(output, staged, isInterrupted)
            let size = try system { () throws(PosixError) in
                try FileSystem.status(open: output, path: staged).size
            }
            acknowledged(size)
        } else {
            digest = try copyBytes(input, output, source, staged, isInterrupted, acknowledged)
        }
        try system { () throws(PosixError) in
            // The site runs as another user, and a file of the store is readable to its owner alone.
            let isProgram = try FileSystem.status(open: input, path: source).mode & 0o111 != 0
            try Descriptors.changeMode(output, to: isProgram ? 0o755 : 0o644, path: staged)
            try Descriptors.synchronize(output, path: staged)
        }
        return digest
    }

    private func copyBytes(
        _ input: Int32, _ output: Int32, _ source: String, _ staged: String,
        _ isInterrupted: InterruptionCheck, _ acknowledged: (Int64) -> Void
    ) throws(TransportError) -> Digest {
        var hasher = Hasher256()
        var done: Int64 = 0
        while true {
            guard !isInterrupted() else { throw .interrupted }
            let bytes = try system { () throws(PosixError) in
                try Descriptors.read(input, upTo: 1 << 20, path: source)
            }
            if bytes.isEmpty { return hasher.finish() }
            hasher.update(bytes)
            try system { () throws(PosixError) in
                try Descriptors.write(bytes, to: output, path: staged)
            }
            done += Int64(bytes.count)
            acknowledged(done)
        }
    }
}
