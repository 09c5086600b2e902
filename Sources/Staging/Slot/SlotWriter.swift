package import Digests
import Posix

/// Fills a slot with the files of a manifest.
///
/// The marker is removed first and written last. Killed at any point, the slot has no marker, and the
/// next filling continues from what is there; or it has one, and holds exactly what that says.
package struct SlotWriter {
    /// Answers with a local file that holds this content.
    package typealias Source = (DataManifest.Entry) throws -> String

    package var route: any Transport
    package var verification = Verification.sizes
    /// Nil lets it delete as much as it must.
    package var deleteGuard: DeleteGuard? = DeleteGuard()
    /// Other slots of the same place, whose markers are true: what they hold need not be sent again.
    package var siblings: [(route: any Transport, content: SlotContent)] = []
    /// Remembers what was done, for the process that goes on after a kill. Without one, it finds out by
    /// reading the slot, or sends again.
    package var journal: SlotJournal?
    /// Finds a manifest that an earlier filling knew the slot to hold.
    package var manifest: (Digest) -> DataManifest? = { _ in nil }
    /// Whether the token of the filling is compared before more is written: where that is a quick question.
    package var isFenced = true
    /// Whose slot it will be; said in it while it is filled.
    package var owner: (claim: PlaceClaim, clone: String)?
    /// The lock of the place, which is confirmed and renewed along the way.
    package var lock: PlaceLock?
    /// Nanoseconds; goes on while the machine sleeps.
    package var clock: () -> Int64 = { SuspensionClock.nanoseconds() }
    /// Files are sent in batches of so many nanoseconds; the token is compared before each.
    package var batchNs: Int64 = 5_000_000_000
    /// Told what a person should know though the filling goes on.
    package var onNote: (String) -> Void = { _ in }
    /// Called as files are begun, sent and read.
    package var onProgress: (SlotProgress) -> Void = { _ in }
    package var isInterrupted: InterruptionCheck = { false }

    package init(route: any Transport) { self.route = route }

    /// Makes the slot hold exactly `manifest`, and reports it by `marker`.
    ///
    /// - Parameters:
    ///   - present: the marker that the slot has, where that was just asked; otherwise it is read.
    ///   - filled: how the slot was filled before. It is believed when the slot's marker is of that
    ///     filling; otherwise what is there is found out from the journal, by reading, or not at all, and
    ///     then it is sent.
    ///   - token: names this filling, in one word; no other has it.
    ///   - source: asked for each file that must be sent.
    @discardableResult
    package func fill(
        with manifest: DataManifest, marker: SlotMarker, over present: SlotMarker?? = nil,
        after filled: FilledSlot? = nil, token: String = "", source: Source
    ) throws(SlotWriterError) -> SlotFilling {
        var filling = SlotFilling()
        let fence = SlotFence(self)
        var known = try knowledge(after: filled, marker: present, of: manifest)
        let bytes = try encoded(marker)
        var isSecondLook = false
        while true {
            let survey =
                known.isCurrent ? SlotSurvey(known) : try self.survey(manifest, knowing: known)
            let difference = SlotDifference(from: survey.content, to: manifest)
            if !isSecondLook {
                try checkDeletes(difference, of: survey.content)
                try checkRoom(difference, of: survey.content)
                filling.filesKept = difference.keeps.count
                let folders = Set(difference.puts.flatMap(\.path.folders)).sorted()
                try onRoute { () throws(TransportError) in try route.expect(folders: folders) }
                fence.token = try begin(known, token)
            }
            // Of what was known there, each of these may be the old file or the new, until a line says which it is.
            if known.baseline != nil || known.token != nil || isSecondLook {
                try onJournal { () throws in
                    try journal?.note(unsure: difference.puts.map(\.path))
                }
            }
            try apply(difference, survey, manifest, known.parts, source, fence, &filling)
            try onRoute { () throws(TransportError) in try route.synchronize() }

            try fence.confirm(filling)
            try onRoute { () throws(TransportError) in try route.stageMarker(bytes) }
            // Look again: what is published is what is there, not what was meant to be there.
            let wrong = try check(manifest, sent: Set(difference.puts.map(\.path)))
            if wrong.isEmpty { break }
            guard known.isCurrent, !isSecondLook else { throw .notAsPlanned(wrong: wrong) }
            // The records were believed, and the slot is otherwise: what is wrong is done again.
            known = SlotKnowledge(believing: SlotContent(manifest), but: wrong)
            isSecondLook = true
        }
        try fence.confirm(filling)
        try onRoute { () throws(TransportError) in try route.writeMarker(bytes) }
        try onJournal { () throws in try journal?.remove() }
        return filling
    }

    /// The paths at which the slot does not hold `manifest`; empty when it holds exactly that.
    ///
    /// Changes nothing. With `Verification.sizes` a file that was altered at the same size is not seen.
    package func check(
        against manifest: DataManifest
    ) throws(SlotWriterError) -> [RelativePath] {
        try audit(against: manifest).map(\.path)
    }

    /// The token by which the slot is this filling's from now on.
    private func begin(
        _ known: SlotKnowledge, _ token: String
    ) throws(SlotWriterError) -> String {
        // What the journal believes must stay true for as long as the slot carries the token.
        if let resumed = known.token {
            try onJournal { () throws in try journal?.resume() }
            return resumed
        }
        try onJournal { () throws in try journal?.begin(token: token, baseline: known.baseline) }
        let note = FillingNote(token: token, claim: owner?.claim, clone: owner?.clone)
        try onRoute { () throws(TransportError) in try route.beginFilling(note.text) }
        return token
    }

    private func checkDeletes(
        _ difference: SlotDifference, of content: SlotContent
    ) throws(SlotWriterError) {
        do { try deleteGuard?.check(difference, of: content) } catch { throw .deleteStorm(error) }
    }

    /// Only what certainly does not fit is refused: files that go, or are replaced, give room as well, and
    /// what another slot holds may take none.
    private func checkRoom(
        _ difference: SlotDifference, of content: SlotContent
    ) throws(SlotWriterError) {
        let added = difference.puts.filter { entry in
            !siblings.contains { $0.content.holds(entry) }
        }
        let needed = added.reduce(0) { $0 + $1.size }
        // Not worth a question to a far server for what fits nearly everywhere.
        guard needed >= Self.worthAsking,
            let free = try onRoute({ () throws(TransportError) in try route.freeBytes() })
        else { return }
        let going = (difference.deletes + added.map(\.path)).reduce(0) {
            $0 + (content.files[$1]?.size ?? 0)
        }
        // EFS says that nearly all of what a number holds is free.
        let (room, isMore) = free.addingReportingOverflow(going)
        guard !isMore, needed > room else { return }
        throw .noRoom(needed: needed, free: free)
    }

    private static let worthAsking: Int64 = 1 << 30

    private func encoded(_ marker: SlotMarker) throws(SlotWriterError) -> [UInt8] {
        do { return try marker.encoded() } catch { throw .route(.failed("\(error)")) }
    }

    func onRoute<Value>(
        _ body: () throws(TransportError) -> Value
    ) throws(SlotWriterError) -> Value {
        do { return try body() } catch { throw .route(error) }
    }

    func onJournal<Value>(_ body: () throws -> Value) throws(SlotWriterError) -> Value {
        do { return try body() } catch { throw .journal("\(error)") }
    }
}
