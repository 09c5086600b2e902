package import Digests
import Posix
package import Slots

/// A slot on a file system that another machine has mounted, reached by way of a bucket.
///
/// Changes are collected and done in their order with the next question, the end of a `put`, or the marker;
/// so a failure may be reported by a later call than the one that it belongs to, and before anything says that
/// the slot is whole.
package final class BucketTransport: Transport {
    let host: DataHost
    let folder: String
    /// The token of the filling that goes on.
    var token: String?

    init(_ host: DataHost, _ folder: String) {
        self.host = host
        self.folder = folder
    }

    func operation(_ what: String) -> Operation { Operation(what, folder) }

    package func features() -> TransportFeatures {
        TransportFeatures(
            readsCheaply: true, sharesFiles: true, replacesAtOnce: true, resumesFiles: false,
            synchronizes: true)
    }

    package func freeBytes() throws(TransportError) -> Int64? {
        guard case .number(let bytes) = try host.ask(operation("free")) else {
            throw DataHost.otherForm("free")
        }
        return bytes
    }

    package func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(TransportError) -> TransportListing {
        guard case .listing(let listing) = try host.ask(operation("list")) else {
            throw DataHost.otherForm("list")
        }
        var entries: [TransportEntry] = []
        for entry in listing.entries {
            let path = try? RelativePath(entry.path)  // try?: refused, by its name
            guard let path else { throw .badName(entry.path) }
            entries.append(TransportEntry(path: path, kind: entry.routeKind))
        }
        return TransportListing(entries: entries, leftovers: listing.leftovers)
    }

    package func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]? {
        var question = operation("entries")
        question.path = folder?.text
        switch try host.ask(question) {
        case .nothing: return nil
        case .listing(let listing):
            return listing.entries.map {
                FolderEntry(name: $0.path, kind: $0.routeKind, modified: $0.modified)
            }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        default: throw DataHost.otherForm("entries")
        }
    }

    package func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind? {
        var question = operation("status")
        question.path = path.text
        switch try host.ask(question) {
        case .nothing: return nil
        case .entry(let entry): return entry.routeKind
        default: throw DataHost.otherForm("status")
        }
    }

    /// The markers of several slots in one job.
    package static func markers(
        of routes: [BucketTransport]
    ) throws(TransportError) -> [OwnFile<SlotMarker>] {
        guard let host = routes.first?.host else { return [] }
        let questions = routes.map { route in
            var question = route.operation("read")
            question.path = SlotMarker.fileName
            question.limit = 1 << 16
            return question
        }
        var markers: [OwnFile<SlotMarker>] = []
        for (route, value) in zip(routes, try host.ask(questions)) {
            let marker = try bytes(value)
            route.see(marker: marker)
            markers.append(OwnFile(marker: marker))
        }
        return markers
    }

    package func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]? {
        try read(path.text, limit)
    }

    func read(_ path: String, _ limit: Int) throws(TransportError) -> [UInt8]? {
        var question = operation("read")
        question.path = path
        question.limit = limit
        return try Self.bytes(try host.ask(question))
    }

    private static func bytes(_ value: JobResult.Value) throws(TransportError) -> [UInt8]? {
        switch value {
        case .nothing: return nil
        case .text(let text):
            guard let bytes = Base64.decode(text) else { throw DataHost.otherForm("read") }
            return [UInt8](bytes)
        default: throw DataHost.otherForm("read")
        }
    }

    package func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?] {
        guard !entries.isEmpty else { return [] }
        var question = operation("digests")
        question.files = entries.map { .init(path: $0.path.text, size: $0.size) }
        guard case .texts(let found) = try host.ask(question), found.count == entries.count else {
            throw DataHost.otherForm("digests")
        }
        progress(entries.reduce(0) { $0 + $1.size })
        return found.map { $0.flatMap { Digest(hex: $0) } }
    }

    package func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        for (number, file) in files.enumerated() {
            guard !isInterrupted() else { throw .interrupted }
            var question = operation("export")
            question.path = file.path.text
            let name = host.newName("export")
            question.name = name
            guard case .flag(let exists) = try host.ask(question) else {
                throw DataHost.otherForm("export")
            }
            guard exists else {
                try end(number, false)
                continue
            }
            let local = "\(host.scratch)/\(name)"
            try host.fetch(name, to: local)
            defer { try? FileSystem.remove(local) }  // try?: ours, in a scratch folder
            try host.discard([name])
            try hand(local, number, take)
            try end(number, true)
        }
    }

    private func hand(
        _ file: String, _ number: Int,
        _ take: (Int, ArraySlice<UInt8>) throws(TransportError) -> Void
    ) throws(TransportError) {
        let input = try system { () throws(PosixError) in try Descriptors.open(file, .read) }
        defer { Descriptors.close(input) }
        while true {
            let bytes = try system { () throws(PosixError) in
                try Descriptors.read(input, upTo: 1 << 20, path: file)
            }
            if bytes.isEmpty { return }
            try take(number, bytes[...])
        }
    }

    package func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        do throws(TransportError) {
            while let file = try next() {
                guard !isInterrupted() else { throw .interrupted }
                try collect(file, observer)
            }
            // What was put must be known to be there before anything is said of it.
            try host.flush()
        } catch {
            host.abandon()
            throw error
        }
    }

    private func collect(_ file: TransportPut, _ observer: PutObserver) throws(TransportError) {
        let entry = file.entry
        let status = try system { () throws(PosixError) in try FileSystem.status(file.source) }
        guard let status, status.size == entry.size else {
            throw .differs(
                path: entry.path, source: file.source, expected: entry.digest, found: nil)
        }
        let place = try host.stage(file.source, size: entry.size)
        observer.acknowledged(entry, entry.size)
        var work = operation("put")
        work.path = entry.path.text
        work.pack = place.name
        work.offset = place.offset
        work.size = entry.size
        work.digest = entry.digest.hex
        work.expect = token
        let aside = SlotNames.aside(for: entry)
        work.aside = aside.split(separator: "/").last.map(String.init)
        observer.placing(entry)
        try host.add(work) { observer.placed(entry) }
    }

    package func link(
        _ entries: [DataManifest.Entry], from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Set<Int> {
        guard let other = sibling as? BucketTransport, other.host === host else { return [] }
        var question = operation("link")
        question.from = other.folder
        question.files = entries.map { .init(path: $0.path.text, size: $0.size) }
        question.expect = token
        guard case .numbers(let linked) = try host.ask(question) else {
            throw DataHost.otherForm("link")
        }
        return Set(linked)
    }

    func change(_ what: String, _ edit: (inout Operation) -> Void) throws(TransportError) {
        var work = operation(what)
        if work.changes { work.expect = token }
        if what.hasSuffix("Marker") || what == "move" { host.seen[folder] = nil }
        edit(&work)
        try host.add(work)
    }

    package func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        try change("delete") { $0.paths = paths.map(\.text) }
    }

    package func removeLeftovers(_ names: [String]) throws(TransportError) {
        try change("delete") { $0.paths = names }
    }

    package func makeFolders(_ paths: [RelativePath]) throws(TransportError) {
        try change("makeFolders") { $0.paths = paths.map(\.text) }
    }

    package func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError) {
        try change("removeFolders") { $0.paths = paths.map(\.text) }
    }

    private func system<Result>(
        _ body: () throws(PosixError) -> Result
    ) throws(TransportError) -> Result {
        do { return try body() } catch { throw .system(error) }
    }
}

extension JobResult.Entry {
    var routeKind: TransportEntry.Kind {
        switch kind {
        case "file": .file(size: size ?? 0)
        case "folder": .folder
        default: .other
        }
    }
}
