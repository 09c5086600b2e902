import Digests

/// How far a filling is.
package struct SlotProgress: Hashable, Sendable {
  package var filesDone = 0
  package var filesTotal: Int
  package var bytesDone: Int64 = 0
  package var bytesTotal: Int64
  /// The file that is being sent.
  package var path: RelativePath?
}

/// What a filling did.
package struct SlotFilling: Hashable, Sendable {
  package var filesSent = 0
  package var bytesSent: Int64 = 0
  package var filesKept = 0
  package var filesDeleted = 0
}

/// Why a slot was not filled. It has no marker then, unless nothing was touched yet.
package enum SlotWriterError: Error, CustomStringConvertible {
  case route(RouteError)
  case deleteStorm(DeleteStorm)
  /// The caller has no file for this one.
  case noSource(DataManifest.Entry, reason: String)
  /// After everything was sent the slot still holds something else: somebody writes to it.
  case notAsPlanned(wrong: [RelativePath])
  case marker(String)

  package var description: String {
    switch self {
    case .route(let error): error.description
    case .deleteStorm(let storm): storm.description
    case .noSource(let entry, let reason):
      "there is no file with the content \(entry.digest.short) of \"\(entry.path)\": \(reason)"
    case .notAsPlanned(let wrong):
      "the slot does not hold what was sent: \(wrong.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")) "
        + "\(wrong.count == 1 ? "is" : "and \(wrong.count) in all are") different; "
        + "check that nobody else writes to it, and run the same command again"
    case .marker(let reason): "the marker of the slot could not be written: \(reason)"
    }
  }
}

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

  package init(route: any Route) { self.route = route }

  /// Makes the slot hold exactly `manifest`, and says so by `marker`.
  ///
  /// - Parameters:
  ///   - known: what the slot is known to hold; digests of files whose size is still the same are
  ///     believed. Empty when nothing is known: then they are found out where the route reads cheaply.
  ///   - source: asked for each file that must be sent.
  @discardableResult
  package func fill(
    with manifest: DataManifest, marker: SlotMarker, known: SlotContent = SlotContent(),
    source: Source
  ) throws(SlotWriterError) -> SlotFilling {
    var filling = SlotFilling()
    var found = try survey(manifest, believing: known)
    var difference = SlotDifference(from: found.content, to: manifest)
    try checkDeletes(difference, of: found.content)
    try onRoute { () throws(RouteError) in try route.removeMarker() }
    filling.filesKept = difference.keeps.count
    try apply(difference, found, manifest, source, &filling)
    try onRoute { () throws(RouteError) in try route.synchronize() }

    // Look again: what is published is what is there, not what was meant to be there.
    found = try survey(manifest, believing: SlotContent(manifest), rereading: verification == .full)
    difference = SlotDifference(from: found.content, to: manifest)
    guard difference.isEmpty, found.strangers.isEmpty, found.leftovers.isEmpty else {
      throw .notAsPlanned(
        wrong: difference.puts.map(\.path) + difference.deletes + found.strangers)
    }
    try writeMarker(marker)
    return filling
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
