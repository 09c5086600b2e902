import Digests
import Posix

extension DirectoryRoute {
    package func put(
        _ next: () throws(RouteError) -> RoutePut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        try makeRoot()
        while let file = try next() { try put(file, observer, isInterrupted) }
    }

    private func put(
        _ file: RoutePut, _ observer: PutObserver, _ isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        let entry = file.entry
        guard try reach(entry.path) else {
            throw .system(PosixError(call: "open", path: place(entry.path), code: 2))
        }
        let target = place(entry.path)
        let aside = "\(root)/\(SlotNames.aside(for: entry))"
        do throws(RouteError) {
            let digest = try copy(file.source, to: aside, isInterrupted) {
                observer.acknowledged(entry, $0)
            }
            guard digest == entry.digest else {
                throw .differs(
                    path: entry.path, source: file.source, expected: entry.digest, found: digest)
            }
            try system { () throws(PosixError) in
                // The site runs as another user, and a file of the store is readable to its owner alone.
                try FileSystem.changeMode(aside, to: 0o644)
                try FileSystem.synchronize(aside)
            }
        } catch {
            try? FileSystem.remove(aside)
            throw error
        }
        observer.placing(entry)
        // Where this fails the aside stays: it is what says that the file did not get its name.
        try system { () throws(PosixError) in try FileSystem.rename(aside, to: target) }
        noteChange(at: target)
        observer.placed(entry)
    }

    /// Copies a file to a new one, by sharing its blocks where that works, and hashes what arrived.
    private func copy(
        _ source: String, to aside: String, _ isInterrupted: InterruptionCheck,
        _ acknowledged: (Int64) -> Void
    ) throws(RouteError) -> Digest {
        try removeStale(aside)
        let isCloned = try system { () throws(PosixError) in
            try FileSystem.clone(source, to: aside)
        }
        if isCloned {
            let copied = try system { () throws(PosixError) in try Digest.ofFile(aside) }
            acknowledged(copied.bytes)
            return copied.digest
        }
        let input = try system { () throws(PosixError) in try Descriptors.open(source, .read) }
        defer { Descriptors.close(input) }
        let output = try system { () throws(PosixError) in try Descriptors.open(aside, .replace) }
        defer { Descriptors.close(output) }
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
                try Descriptors.write(bytes, to: output, path: aside)
            }
            done += Int64(bytes.count)
            acknowledged(done)
        }
    }

    // A killed process may have left one of this name.
    func removeStale(_ aside: String) throws(RouteError) {
        try system { () throws(PosixError) in try FileSystem.remove(aside) }
    }
}
