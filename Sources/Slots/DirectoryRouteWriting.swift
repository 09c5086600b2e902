import Digests
import Posix

extension DirectoryRoute {
    package func put(
        _ source: String, as entry: DataManifest.Entry, progress: (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        try makeRoot()
        if let folder = entry.path.folder { try makeFolder(folder) }
        let target = place(entry.path)
        // A short name of its own, since the name of the file may already be as long as one can be.
        let aside = FileSystem.asidePath(beside: target)
        do throws(RouteError) {
            let digest = try copy(source, to: aside, progress, isInterrupted)
            guard digest == entry.digest else {
                throw .differs(
                    path: entry.path, source: source, expected: entry.digest, found: digest)
            }
            try system { () throws(PosixError) in
                // The site runs as another user, and a file of the store is readable to its owner alone.
                try FileSystem.changeMode(aside, to: 0o644)
                try FileSystem.synchronize(aside)
                try FileSystem.rename(aside, to: target)
            }
        } catch {
            try? FileSystem.remove(aside)
            throw error
        }
        noteChange(at: target)
    }

    /// Copies a file to a new one, by sharing its blocks where that works, and hashes what arrived.
    private func copy(
        _ source: String, to aside: String, _ progress: (Int64) -> Void,
        _ isInterrupted: InterruptionCheck
    ) throws(RouteError) -> Digest {
        try removeStale(aside)
        let isCloned = try system { () throws(PosixError) in
            try FileSystem.clone(source, to: aside)
        }
        if isCloned {
            let copied = try system { () throws(PosixError) in try Digest.ofFile(aside) }
            progress(copied.bytes)
            return copied.digest
        }
        let input = try system { () throws(PosixError) in try Descriptors.open(source, .read) }
        defer { Descriptors.close(input) }
        let output = try system { () throws(PosixError) in try Descriptors.open(aside, .replace) }
        defer { Descriptors.close(output) }
        var hasher = Hasher256()
        while true {
            guard !isInterrupted() else { throw .interrupted }
            let bytes = try system { () throws(PosixError) in
                try Descriptors.read(input, upTo: 1 << 20, path: source)
            }
            if bytes.isEmpty { return hasher.finish() }
            hasher.update(bytes)
            try system { () throws(PosixError) in
                try Descriptors.write(bytes, to: output, path: aside)
            }
            progress(Int64(bytes.count))
        }
    }

    // A killed process with the same number may have left one of this name.
    func removeStale(_ aside: String) throws(RouteError) {
        try system { () throws(PosixError) in try FileSystem.remove(aside) }
    }

    package func readMarker() throws(RouteError) -> [UInt8]? {
        let path = "\(root)/\(SlotMarker.fileName)"
        return try system { () throws(PosixError) in
            guard try FileSystem.linkStatus(path)?.kind == .file else { return nil }
            return try FileSystem.read(path, limit: 1 << 16)
        }
    }

    package func writeMarker(_ bytes: [UInt8]) throws(RouteError) {
        try makeRoot()
        try synchronize()
        try system { () throws(PosixError) in
            try FileSystem.writeAtomically(bytes, to: "\(root)/\(SlotMarker.fileName)")
        }
    }

    package func removeMarker() throws(RouteError) {
        let path = "\(root)/\(SlotMarker.fileName)"
        try system { () throws(PosixError) in
            guard try FileSystem.linkStatus(path) != nil else { return }
            try FileSystem.remove(path)
            try FileSystem.synchronize(root)
        }
    }
}
