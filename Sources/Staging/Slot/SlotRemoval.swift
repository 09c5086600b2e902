/// Removes a slot with all that is in it. One that is refused has changed nothing, as far as the route can tell before; one
/// that is killed leaves a note, by which the slot stays its owner's until all of it is gone.
package struct SlotRemoval {
    private let route: any Transport
    private let isInterrupted: InterruptionCheck

    package init(_ route: any Transport, isInterrupted: @escaping InterruptionCheck) {
        self.route = route
        self.isInterrupted = isInterrupted
    }

    /// - Parameters:
    ///   - listing: what is in the slot, all of which its owner put there.
    ///   - note: says whose the slot is until the end.
    /// - Throws: where a folder may not be changed, or has a name that is not UTF-8, before anything is.
    package func remove(
        _ listing: TransportListing, note: FillingNote
    ) throws(TransportError) {
        if let name = listing.foreign.first { throw .badName(name.text) }
        let folders = listing.entries.filter { $0.kind == .folder }.map(\.path)
        try route.checkWritable([nil] + folders)
        try route.beginFilling(note.text)
        try route.removeLeftovers(listing.leftovers)
        try route.delete(
            listing.entries.filter { $0.kind != .folder }.map(\.path), isInterrupted: isInterrupted)
        try route.removeEmptyFolders(folders.reversed())
        try route.removeRoot()
    }
}
