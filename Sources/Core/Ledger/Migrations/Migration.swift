/// One step of the schema's history. A migration that has been released never changes:
/// what is wrong with it is fixed by the next one.
struct Migration: Sendable {
    /// Unique; recorded in the table `migrations` when applied.
    let name: String
    let sql: String

    /// In the order of application; a ledger's version (`PRAGMA user_version`) is how many it has.
    static let all: [Migration] = [
        .initial, .remote, .differences, .toolsAreAsked, .placesOfSlots, .outputForms,
        .outputsInPlace, .archive, .releasesOfOthers, .ownSegments,
    ]
}
