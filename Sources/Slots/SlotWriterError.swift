import Digests

/// Why a slot was not filled. It has no marker then, unless nothing was touched yet.
package enum SlotWriterError: Error, CustomStringConvertible {
    case route(RouteError)
    case deleteStorm(DeleteStorm)
    /// The caller has no file for this one.
    case noSource(DataManifest.Entry, reason: String)
    /// After everything was sent the slot still holds something else: somebody writes to it.
    case notAsPlanned(wrong: [RelativePath])
    case marker(String)
    /// What must be sent does not fit; nothing was touched.
    case noRoom(needed: Int64, free: Int64)
    /// The local journal of the filling.
    case journal(String)

    package var description: String {
        switch self {
        case .route(let error): error.description
        case .deleteStorm(let storm): storm.description
        case .noSource(let entry, let reason):
            "there is no file with the content \(entry.digest.short) of \"\(entry.path)\": \(reason)"
        case .notAsPlanned(let wrong):
            "the slot does not hold what was sent, \(wrong.count) paths differ (first \""
                + "\(wrong.first?.text ?? "")\"): check that nobody else writes to it, "
                + "and run the same command again"
        case .noRoom(let needed, let free):
            "\(needed) bytes are to be sent, and the place of the slot has room for \(free): free some, and "
                + "run the same command again; nothing was touched"
        case .journal(let reason):
            "the journal of the filling cannot be kept: \(reason)"
        case .marker(let reason): "the marker of the slot could not be written: \(reason)"
        }
    }
}
