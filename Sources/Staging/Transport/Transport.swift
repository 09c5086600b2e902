package import Digests

/// How data reaches one slot: a mounted folder, SFTP, an instance behind a bucket.
///
/// Every operation is relative to the root of the slot and leaves everything outside it alone. Those on
/// many files do them in any order and as many at once as the route can. None is called by two threads at
/// once. What an operation did may be lost in a power cut until `synchronize`; a route may also collect what
/// changes something and do it, and fail, with the next question or `synchronize`.
///
/// Fourteen operations have no default. Four on the tool's own files are for places that no service guards. The others are
/// built upon these, or are powers that a transport may leave out; `SlotMarking.swift` has marker, token and leftovers.
package protocol Transport: AnyObject {
    /// What this route can do; a route over a network may have to ask.
    func features() throws(TransportError) -> TransportFeatures

    /// So much is going to be sent: a route may begin to open what it needs for that.
    func prepare(bytes: Int64, files: Int) throws(TransportError)

    /// These folders are going to be needed: a route may look at them on the journey of what comes next.
    func expect(folders: [RelativePath]) throws(TransportError)

    /// Bytes that can still be written to the place of the slot; nil where that cannot be determined.
    func freeBytes() throws(TransportError) -> Int64?

    /// All that is in the slot, at any depth. A slot that does not exist yet is empty.
    ///
    /// - Parameter hint: what is likely to be there; only speed depends on it.
    func list(expecting hint: ListingHint, isInterrupted: InterruptionCheck) throws(TransportError)
        -> TransportListing

    /// What lies in one folder, nil for the top, without what is deeper; nil where there is no such
    /// folder. Leftovers and the tool's own files are among the names.
    func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]?

    /// What has this name; nil when nothing has it.
    func status(of path: RelativePath) throws(TransportError) -> TransportEntry.Kind?

    /// The content of a small file; nil when there is none.
    func read(_ path: RelativePath, limit: Int) throws(TransportError) -> [UInt8]?

    /// The digests of files, found by reading all of each from where it lies; nil for a file that is not
    /// there or has another size than its entry.
    ///
    /// - Parameter progress: is called with the bytes that were read since the last call.
    func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [Digest?]

    /// Hands out the bytes of files in their order, of many files at once: `take` gets the position of
    /// the file in `files`, `end` is called after its last byte with whether there is such a file. The size says what is expected: a
    /// file that is shorter ends early, and of one that is longer the rest may be left out.
    func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError)

    /// Sends files until `next` has no more. Each is written to a temporary path beside it (`SlotNames.aside(for:)`) and renamed
    /// once all of it is there and its digest and size are those of its entry; otherwise `TransportError.differs`, and the
    /// old file stays. It replaces a file that has the name. The folders exist. Where a program writes the files by itself
    /// under their names (rclone), nobody reads the slot meanwhile, and `placed` follows a look at what lies there.
    ///
    /// The first failure ends it; what was begun may stay as a leftover, and what `observer` was notified of
    /// stays true.
    func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError)

    /// Gives the slot files that another slot of the same place holds, without sending them: the
    /// positions of those for which that worked. The folders exist; the other slot is left as it is.
    ///
    /// Slots may share files, since nothing here ever writes into a file that has its final name.
    func link(
        _ entries: [DataManifest.Entry], from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Set<Int>

    /// Copies a file from another slot of the same place, without sending it: for one that cannot be linked. It is written,
    /// hashed and named as one that is sent. Asked where `TransportFeatures.copiesFiles`.
    ///
    /// - Returns: false where the other slot has no file of this size under the path.
    /// - Throws: `TransportError.differs` where its content is another; this slot is as it was then.
    func copy(
        _ entry: DataManifest.Entry, from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Bool

    /// Throws where this user may not remove what these folders hold, nil being the slot's own, which is to be removed as well;
    /// changes nothing. Where the route cannot tell, it passes.
    func checkWritable(_ folders: [RelativePath?]) throws(TransportError)

    /// Removes files, or what else are no folders. They may be missing.
    func delete(_ paths: [RelativePath], isInterrupted: InterruptionCheck) throws(TransportError)

    /// Removes what an earlier `put` left, by the names that `list` gives.
    func removeLeftovers(_ names: [String]) throws(TransportError)

    /// Removes names that are not UTF-8, folders with all that is in them.
    func delete(foreign names: [ForeignName], isInterrupted: InterruptionCheck)
        throws(TransportError)

    /// Makes folders and those above them. They may exist.
    func makeFolders(_ paths: [RelativePath]) throws(TransportError)

    /// Removes folders that are empty, in this order. One that is not, or is missing, stays as it is.
    func removeEmptyFolders(_ paths: [RelativePath]) throws(TransportError)

    /// The bytes of the marker; nil when the slot has none.
    func readMarker() throws(TransportError) -> [UInt8]?

    /// Says in the slot that the filling `token` goes on, and then removes the marker, durably. Makes the
    /// slot if it does not exist.
    func beginFilling(_ token: String) throws(TransportError)

    /// The token of the filling that was begun last and not ended.
    func fillingToken() throws(TransportError) -> String?

    /// A marker is going to be written: a route may bring its bytes near already, unseen.
    func stageMarker(_ bytes: [UInt8]) throws(TransportError)

    /// Writes the marker as a whole, makes it durable, and ends the filling.
    func writeMarker(_ bytes: [UInt8]) throws(TransportError)

    /// Removes the marker, durably. It may be missing.
    func removeMarker() throws(TransportError)

    /// The content of one of the tool's own files at the top; nil when there is none.
    func readOwn(_ name: String) throws(TransportError) -> [UInt8]?

    /// Writes it as a whole, durably, over one that is there. The folder exists.
    func writeOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError)

    /// Makes it, unless something has the name: false then. Of several who try at once one succeeds.
    func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool

    /// Removes it. It may be missing.
    func removeOwn(_ name: String) throws(TransportError)

    /// Gives the whole slot another place, in one step: `root` is a path like the transport's own, in the same folder as it,
    /// and nothing has that name. The transport is of no use afterwards.
    func move(to root: String) throws(TransportError)

    /// Removes the slot's own folder, which is empty but for the tool's own files.
    func removeRoot() throws(TransportError)

    /// Files whose content was written after the marker was: somebody changed them in their place. Asked while the
    /// slot has its marker; none where the route cannot tell.
    func alteredFiles(isInterrupted: InterruptionCheck) throws(TransportError) -> [RelativePath]

    /// Lets everybody read these files and enter these folders, where the route has modes.
    func open(_ paths: [RelativePath]) throws(TransportError)

    /// Returns when all that was done is on stable storage, as far as the route can tell.
    func synchronize() throws(TransportError)
}

/// A file to be sent into a slot.
package struct TransportPut: Sendable {
    /// A local file with the content of `entry`.
    package let source: String
    package let entry: DataManifest.Entry
    /// So many bytes lie in the slot already, from a `put` that was interrupted.
    package let acknowledged: Int64

    package init(_ source: String, as entry: DataManifest.Entry, acknowledged: Int64 = 0) {
        self.source = source
        self.entry = entry
        self.acknowledged = acknowledged
    }
}

/// Follows a `put` as it happens.
package struct PutObserver {
    /// The slot has this many bytes of the file, without a gap from its beginning.
    package var acknowledged: (DataManifest.Entry, Int64) -> Void
    /// All is there; from now on the file may have its name.
    package var placing: (DataManifest.Entry) -> Void
    package var placed: (DataManifest.Entry) -> Void

    package init(
        acknowledged: @escaping (DataManifest.Entry, Int64) -> Void = { _, _ in },
        placing: @escaping (DataManifest.Entry) -> Void = { _ in },
        placed: @escaping (DataManifest.Entry) -> Void = { _ in }
    ) {
        self.acknowledged = acknowledged
        self.placing = placing
        self.placed = placed
    }
}

/// Asked again and again during long work; true ends it with `TransportError.interrupted`.
package typealias InterruptionCheck = () -> Bool

extension Transport {
    package func prepare(bytes: Int64, files: Int) throws(TransportError) {}
    package func freeBytes() throws(TransportError) -> Int64? { nil }
    package func expect(folders: [RelativePath]) throws(TransportError) {}
    package func stageMarker(_ bytes: [UInt8]) throws(TransportError) {}
    package func delete(
        foreign names: [ForeignName], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        if let name = names.first { throw .badName(name.text) }
    }

    package func checkWritable(_ folders: [RelativePath?]) throws(TransportError) {}
    package func open(_ paths: [RelativePath]) throws(TransportError) {}
    package func alteredFiles(
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [RelativePath] { [] }

    package func readOwn(_ name: String) throws(TransportError) -> [UInt8]? {
        throw Self.noOwnFiles
    }
    package func writeOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) {
        throw Self.noOwnFiles
    }
    package func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool {
        throw Self.noOwnFiles
    }
    package func removeOwn(_ name: String) throws(TransportError) { throw Self.noOwnFiles }

    private static var noOwnFiles: TransportError {
        .failed("this route keeps no claims and locks at the place")
    }

    package func link(
        _ entries: [DataManifest.Entry], from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Set<Int> { [] }

    package func copy(
        _ entry: DataManifest.Entry, from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Bool { false }

    /// The marker, if there is one that can be read.
    package func marker() throws(TransportError) -> SlotMarker? {
        try readMarker().flatMap { SlotMarker(decoding: $0) }
    }

    /// The marker, and whether there is one that cannot be read.
    package func markerFile() throws(TransportError) -> OwnFile<SlotMarker> {
        OwnFile(marker: try readMarker())
    }

    /// What is said of the filling that was begun last and not ended.
    package func fillingNote() throws(TransportError) -> FillingNote? {
        try fillingToken().map { FillingNote(parsing: $0) }
    }
}
