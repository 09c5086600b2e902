package import Digests
package import PipelineEngine
package import PipelineLedger
package import PipelineModel
import Posix
package import Processes
package import Slots

/// The data folder of an environment as a whole, for people who look at it or change it by hand. Paths
/// are relative to its root, the slots' folders among them, and cannot lead out of it.
package struct RemoteData {
    private let context: ShippingContext
    private let route: any Transport

    private let session: RunSession?

    /// For looking at what can be looked at without making anything for it.
    package init(
        _ project: Project, _ environment: EnvironmentDefinition, ledger: LedgerReader?,
        cancel: Cancellation? = nil
    ) throws {
        context = try ShippingContext(project, environment, ledger: ledger, cancel: cancel)
        session = nil
        route = context.places.rootTransport
    }

    /// In a step that holds the lease and has opened the connection.
    init(_ context: ShippingContext) {
        self.context = context
        session = nil
        route = context.places.rootTransport
    }

    /// In a run: takes the operators' lease, and makes the connection to the data where it costs. Both go with
    /// `close`.
    package init(
        _ project: Project, _ environment: EnvironmentDefinition, session: RunSession,
        options: LeaseOptions
    ) throws {
        let run = try RunContext(project, environment, session)
        context = run
        self.session = session
        do {
            try context.cloud?.hold(session, reason: "data by hand", options: options)
            try run.clearLeftovers(options)
            try run.openRoute()
        } catch {
            context.cloud?.release(session)
            throw error
        }
        route = context.places.rootTransport
    }

    package func close() {
        guard let session else { return }
        context.places.keepFindings(session)
        context.cloud?.release(session)
    }

    /// One folder, nil for the root; nil where there is none.
    package func entries(of folder: RelativePath?) throws -> [FolderEntry]? {
        try route.entries(of: folder)
    }

    /// A file of the data folder.
    package struct File: Hashable, Sendable {
        package let path: RelativePath
        /// Bytes.
        package let size: Int64
    }

    /// All that lies below a path. Links and what else is no file are passed over.
    package struct Tree: Sendable {
        package var files: [File] = []
        package var folders: [RelativePath] = []
        /// The tool's own: markers of slots, and what an interrupted `put` left, by its name.
        package var markers: [RelativePath] = []
        package var leftovers: [String] = []
        /// Names that are not UTF-8.
        package var foreign: [ForeignName] = []
        /// Of all files, in bytes.
        package fileprivate(set) var bytes: Int64 = 0

        /// Throws where sizes add up to more than any disk holds, or names have no end.
        fileprivate mutating func add(_ file: File) throws(TransportError) {
            let (sum, isTooMuch) = bytes.addingReportingOverflow(max(0, file.size))
            guard !isTooMuch, sum <= 1 << 60 else {
                throw .failed(
                    "what the server lists cannot be true: its files are larger than any disk")
            }
            bytes = sum
            files.append(file)
        }
    }

    // Names of a tree, and bytes of a path: more would fill this machine's memory.
    private static let mostNames = 2_000_000
    private static let longestPath = 4096

    /// A file, or every file below a folder with the folders themselves; nil where there is none.
    package func tree(_ path: RelativePath?, isInterrupted: () -> Bool) throws -> Tree? {
        var tree = Tree()
        if let path {
            switch try route.status(of: path) {
            case .file(let size):
                try tree.add(File(path: path, size: size))
                return tree
            case .folder: tree.folders.append(path)
            case .other: return nil
            case nil:
                guard let name = try foreign(path) else { return nil }
                tree.foreign = [name]
                return tree
            }
        }
        var waiting: [RelativePath?] = [path]
        var names = 0
        while let folder = waiting.popLast() {
            if isInterrupted() { throw TransportError.interrupted }
            let entries = try route.entries(of: folder) ?? []
            names += entries.count
            guard names <= Self.mostNames, (folder?.text.utf8.count ?? 0) < Self.longestPath else {
                throw TransportError.failed(
                    "what the server lists cannot be true: its folders have no end")
            }
            for entry in entries {
                if let bytes = entry.foreignBytes {
                    tree.foreign.append(
                        ForeignName(folder: folder, bytes: bytes, isFolder: entry.kind == .folder))
                    continue
                }
                let name = folder.map { "\($0)/\(entry.name)" } ?? entry.name
                if SlotNames.isAside(entry.name) {
                    tree.leftovers.append(name)
                    continue
                }
                let place = try? RelativePath(name)  // try?: passed over, it stays where it is
                guard let place else { continue }
                switch entry.kind {
                case .file where SlotNames.isOwn(entry.name): tree.markers.append(place)
                case .file(let size): try tree.add(File(path: place, size: size))
                case .folder:
                    tree.folders.append(place)
                    waiting.append(place)
                case .other: break
                }
            }
        }
        tree.files.sort { $0.path < $1.path }
        return tree
    }

    /// A name that is not UTF-8, by what `entries` shows of it.
    private func foreign(_ path: RelativePath) throws -> ForeignName? {
        for entry in try route.entries(of: path.folder) ?? [] {
            guard let bytes = entry.foreignBytes else { continue }
            let name = ForeignName(
                folder: path.folder, bytes: bytes, isFolder: entry.kind == .folder)
            if name.text == path.text { return name }
        }
        return nil
    }

    /// Fetches files to local paths; each is written to a temporary path and renamed once all of it is there.
    package func pull(
        _ files: [(file: File, to: String)], progress: @escaping (Int64) -> Void,
        isInterrupted: () -> Bool
    ) throws {
        let targets = PullTargets(files.map(\.to), sizes: files.map(\.file.size), progress)
        defer { targets.discard() }
        try route.read(
            files.map { ($0.file.path, $0.file.size) },
            take: { number, bytes throws(TransportError) in try targets.write(bytes, to: number) },
            end: { number, exists throws(TransportError) in try targets.end(number, exists) },
            isInterrupted: isInterrupted)
        if let number = targets.missing {
            throw ShippingError.remoteGone(files[number].file.path.text)
        }
    }

    /// Sends local files; each replaces what has its name, once all of it is there.
    package func put(
        _ files: [(source: String, path: RelativePath)],
        progress: @escaping (_ path: String, _ bytes: Int64) -> Void,
        isInterrupted: () -> Bool
    ) throws {
        var entries: [TransportPut] = []
        for file in files {
            let content = try Digest.ofFile(file.source)
            entries.append(
                TransportPut(
                    file.source,
                    as: .init(path: file.path, digest: content.digest, size: content.bytes)))
        }
        guard try route.entries(of: nil) != nil else {
            throw PlaceError.missing(
                root: context.environment.data.route.root, environment: context.environment.name)
        }
        try route.prepare(
            bytes: entries.reduce(0) { $0 + $1.entry.size }, files: entries.count)
        try route.makeFolders(entries.compactMap(\.entry.path.folder))
        var number = 0
        try route.put(
            { () throws(TransportError) in
                guard number < entries.count else { return nil }
                defer { number += 1 }
                return entries[number]
            },
            observer: PutObserver(acknowledged: { progress($0.path.text, $1) }),
            isInterrupted: isInterrupted)
        try route.synchronize()
    }

    /// The digest of a file there, found by reading all of it; nil where it is not there or has another
    /// size.
    package func digest(
        of path: RelativePath, size: Int64, expecting digest: Digest, isInterrupted: () -> Bool
    ) throws -> Digest? {
        try route.digests(
            of: [.init(path: path, digest: digest, size: size)], progress: { _ in },
            isInterrupted: isInterrupted)[0]
    }

    /// Removes files, and then the folders where they are empty.
    package func remove(_ tree: Tree, isInterrupted: () -> Bool) throws {
        try route.delete(tree.markers, isInterrupted: isInterrupted)
        try route.removeLeftovers(tree.leftovers)
        try route.delete(tree.files.map(\.path), isInterrupted: isInterrupted)
        try route.delete(foreign: tree.foreign, isInterrupted: isInterrupted)
        try route.removeEmptyFolders(tree.folders.sorted().reversed())
        try route.synchronize()
    }

    /// The slots that a change at this path concerns: they say that they hold a release.
    package func slots(touchedBy path: RelativePath?) throws -> [(slot: String, live: Int64?)] {
        let live = try context.timeline().live
        let names = context.places.names(try SlotStates(context: context).records())
        return try names.filter { slot in
            guard let path, context.environment.data.layout != .inPlace else { return true }
            return path.text.utf8.split(separator: UInt8(ascii: "/")).first?
                .elementsEqual(slot.utf8) ?? false
        }
        .filter { slot in
            // One that cannot be read may say so as well.
            if case .absent = try context.places.markerFile(slot) { false } else { true }
        }
        .map { ($0, live?.slot == $0 ? live?.release : nil) }
    }

    /// Takes away a slot's word that it holds a release, before something in it is changed by hand: the
    /// next sync finds out what is there.
    package func invalidateMarker(_ slot: String) throws {
        let places = context.places
        // First the records: the one who does not look there must not believe them.
        if let session,
            let known = try SlotStates(context: context).records().first(where: {
                $0.name == slot
            })
        {
            try context.cloud?.forgetSlot(slot)
            try session.writer.recordSlot(
                environment: context.environment.name,
                SlotRecord(
                    slot, manifest: known.manifest, generation: known.generation, state: .writing,
                    place: context.places.identity),
                at: Timestamp.now())
        }
        let route = places.route(slot)
        // It says no more what it holds, and still whose it is.
        try route.beginFilling(
            FillingNote(
                token: RandomID.uuid(), claim: context.claim, clone: try CloneIdentity.id()
            ).text)
        try route.synchronize()
        places.forget(slot)
    }
}
