package import Digests

/// What a route can do beyond what all of them can.
package struct RouteFeatures: Hashable, Sendable {
    /// Whether `digest(of:)` reads at the speed of a disk, so that it is cheaper than sending again.
    package var readsCheaply: Bool

    package init(readsCheaply: Bool) { self.readsCheaply = readsCheaply }
}

/// A name found in a slot.
package struct RouteEntry: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A file of so many bytes.
        case file(size: Int64)
        case folder
        /// A link, pipe, socket or device: nothing that belongs in a slot.
        case other
    }

    package let path: RelativePath
    package let kind: Kind

    package init(path: RelativePath, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}

/// What a route found in a slot.
package struct RouteListing: Hashable, Sendable {
    /// Sorted by path; the marker is not among them.
    package var entries: [RouteEntry]
    /// Files that an interrupted `put` left behind, as `removeLeftover` takes them.
    package var leftovers: [String]

    package init(entries: [RouteEntry], leftovers: [String] = []) {
        self.entries = entries.sorted { $0.path < $1.path }
        self.leftovers = leftovers
    }

    /// The files with their sizes; what is known of digests is not part of it.
    package var content: SlotContent {
        var files: [RelativePath: SlotContent.File] = [:]
        for entry in entries {
            if case .file(let size) = entry.kind {
                files[entry.path] = .init(size: size, digest: nil)
            }
        }
        return SlotContent(files)
    }
}

/// Asked again and again during long work; true ends it with `RouteError.interrupted`.
package typealias InterruptionCheck = () -> Bool

/// How data reaches one slot: a mounted folder, SFTP, an instance behind a bucket.
///
/// Every operation is relative to the root of the slot and leaves everything outside it alone. None is
/// called by two threads at once. What an operation did may be lost in a power cut until `synchronize`.
package protocol Route: AnyObject {
    var features: RouteFeatures { get }

    /// All that is in the slot, at any depth. A slot that does not exist yet is empty.
    func list(isInterrupted: InterruptionCheck) throws(RouteError) -> RouteListing

    /// What has this name; nil when nothing has it.
    func status(of path: RelativePath) throws(RouteError) -> RouteEntry.Kind?

    /// The content of a small file; nil when there is none.
    func read(_ path: RelativePath, limit: Int) throws(RouteError) -> [UInt8]?

    /// The digest of a file, found by reading all of it where it lies.
    func digest(
        of path: RelativePath, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> Digest

    /// Sends the local file `source` and gives it the name of `entry`, replacing a file that has it.
    ///
    /// It is written aside and renamed once all of it is there and its digest and size are those of
    /// `entry`; otherwise `RouteError.differs`, and the old file stays. Folders are made as needed.
    /// `progress` is called with the bytes of this file that were sent since the last call.
    func put(
        _ source: String, as entry: DataManifest.Entry, progress: (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError)

    /// Gives the slot a file that another slot of the same place holds, without sending it: false where
    /// that cannot be done. The other slot is left as it is.
    ///
    /// Slots may share files, since nothing here ever writes into a file that has its final name.
    func link(_ entry: DataManifest.Entry, from sibling: any Route) throws(RouteError) -> Bool

    /// Removes a file, or what else is no folder. It may be missing.
    func delete(_ path: RelativePath) throws(RouteError)

    func removeLeftover(_ name: String) throws(RouteError)

    /// Makes a folder and those above it. It may exist.
    func makeFolder(_ path: RelativePath) throws(RouteError)

    /// Removes a folder that is empty. One that is not, or is missing, stays as it is.
    func removeEmptyFolder(_ path: RelativePath) throws(RouteError)

    /// The bytes of the marker; nil when the slot has none.
    func readMarker() throws(RouteError) -> [UInt8]?

    /// Writes the marker as a whole, and makes it durable. Makes the slot if it does not exist.
    func writeMarker(_ bytes: [UInt8]) throws(RouteError)

    /// Removes the marker, durably. It may be missing.
    func removeMarker() throws(RouteError)

    /// Returns when all that was done is on stable storage.
    func synchronize() throws(RouteError)
}

extension Route {
    package func link(
        _ entry: DataManifest.Entry, from sibling: any Route
    ) throws(RouteError) -> Bool { false }

    /// The marker, if there is one that can be read.
    package func marker() throws(RouteError) -> SlotMarker? {
        try readMarker().flatMap { SlotMarker(decoding: $0) }
    }
}
