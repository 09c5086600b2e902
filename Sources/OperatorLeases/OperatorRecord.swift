/// What all operators of an environment know of it: an object in a bucket that they share.
///
/// Read by anyone; written only by who holds the lease, and only over the version that was read
/// (conditional writes of S3), so that of two who write at once one learns that it lost.
package struct OperatorRecord: Codable, Hashable, Sendable {
    package var format = 1
    /// Grows with each holder. What an earlier holder still has in flight is told by it.
    package var fence = 0
    package var holder: Holder?
    /// What the data folders hold, by their names. On routes where looking costs, these are the books.
    package var slots: [String: Slot] = [:]
    package var live: Live?
    /// What it ran before.
    package var previous: Live?
    /// Made anew with each write: by it a writer whose answer was lost knows its own words again.
    package var nonce = ""

    package init() {}

    package struct Holder: Codable, Hashable, Sendable {
        /// `user@host`.
        package var name: String
        /// The project folder and host that it works from: its own lease of a killed run is taken up at once.
        package var identity: String
        package var reason: String
        /// Seconds since 1970.
        package var since: Int64
        package var until: Int64

        package init(
            name: String, identity: String, reason: String, since: Int64, until: Int64
        ) {
            self.name = name
            self.identity = identity
            self.reason = reason
            self.since = since
            self.until = until
        }
    }

    package struct Slot: Codable, Hashable, Sendable {
        /// The manifest's digest in hexadecimal; nil while it is being filled.
        package var manifest: String?
        package var generation: Int

        package init(manifest: String?, generation: Int) {
            self.manifest = manifest
            self.generation = generation
        }
    }

    /// What the environment was last known to run.
    package struct Live: Codable, Hashable, Sendable {
        package var label: String
        package var manifest: String
        package var slot: String
        package var image: String
        package var commit: String?
        package var by: String
        /// Seconds since 1970.
        package var at: Int64

        package init(
            label: String, manifest: String, slot: String, image: String, commit: String?,
            by: String, at: Int64
        ) {
            self.label = label
            self.manifest = manifest
            self.slot = slot
            self.image = image
            self.commit = commit
            self.by = by
            self.at = at
        }
    }
}
