/// Fills a slot with the files of a manifest.
///
/// The marker is removed first and written last. Killed at any point, the slot has no marker, and the
/// next filling continues from what is there; or it has one, and holds exactly what that says.
package struct SlotWriter {
    /// How much is read again before the marker is written.
    package enum Verification: Hashable, Sendable {
        /// What was sent is checked while it is sent; of what was there already, the sizes.
        case sizes
        /// Everything is read back and hashed.
        case full
    }

    /// Answers with a local file that holds this content.
    package typealias Source = (DataManifest.Entry) throws -> String

    package var route: any Route
    package var verification = Verification.sizes
    /// Nil lets it delete as much as it must.
    package var deleteGuard: DeleteGuard? = DeleteGuard()
    /// Called before each file and about every MiB.
    package var onProgress: (SlotProgress) -> Void = { _ in }
    package var isInterrupted: InterruptionCheck = { false }

    /// Other slots of the same place, whose markers are true: what they hold need not be sent again.
    package var siblings: [(route: any Route, content: SlotContent)] = []

    package init(route: any Route) { self.route = route }

    /// Makes the slot hold exactly `manifest`, and says so by `marker`.
    ///
    /// - Parameters:
    ///   - filled: how the slot was filled before. It is believed, as far as sizes still agree, when the
    ///     slot's marker is of that filling; otherwise what is there is found out by reading it, or sent
    ///     again where the route does not read cheaply.
    ///   - source: asked for each file that must be sent.
    @discardableResult
    package func fill(
        with manifest: DataManifest, marker: SlotMarker, after filled: FilledSlot? = nil,
        source: Source
    ) throws(SlotWriterError) -> SlotFilling {
        var filling = SlotFilling()
        let found = try survey(manifest, believing: try content(of: filled))
        let difference = SlotDifference(from: found.content, to: manifest)
        try checkDeletes(difference, of: found.content)
        try onRoute { () throws(RouteError) in try route.removeMarker() }
        filling.filesKept = difference.keeps.count
        try apply(difference, found, manifest, source, &filling)
        try onRoute { () throws(RouteError) in try route.synchronize() }

        // Look again: what is published is what is there, not what was meant to be there.
        let wrong = try check(against: manifest)
        guard wrong.isEmpty else { throw .notAsPlanned(wrong: wrong) }
        try writeMarker(marker)
        return filling
    }

    /// The paths at which the slot does not hold `manifest`; empty when it holds exactly that.
    ///
    /// Changes nothing. With `Verification.sizes` a file that was altered at the same size is not seen.
    package func check(
        against manifest: DataManifest
    ) throws(SlotWriterError) -> [RelativePath] {
        let found = try survey(
            manifest, believing: SlotContent(manifest), rereading: verification == .full)
        let difference = SlotDifference(from: found.content, to: manifest)
        return (difference.puts.map(\.path) + difference.deletes + found.strangers).sorted()
    }

    private func content(of filled: FilledSlot?) throws(SlotWriterError) -> SlotContent {
        let marker = try onRoute { () throws(RouteError) in try route.marker() }
        guard let filled, marker?.generation == filled.generation,
            marker?.manifest == filled.manifest.digest
        else { return SlotContent() }
        return SlotContent(filled.manifest)
    }

    private func checkDeletes(
        _ difference: SlotDifference, of content: SlotContent
    ) throws(SlotWriterError) {
        do { try deleteGuard?.check(difference, of: content) } catch { throw .deleteStorm(error) }
    }

    private func writeMarker(_ marker: SlotMarker) throws(SlotWriterError) {
        let bytes: [UInt8]
        do { bytes = try marker.encoded() } catch { throw .marker("\(error)") }
        try onRoute { () throws(RouteError) in try route.writeMarker(bytes) }
    }

    func onRoute<Value>(
        _ body: () throws(RouteError) -> Value
    ) throws(SlotWriterError) -> Value {
        do { return try body() } catch { throw .route(error) }
    }
}
