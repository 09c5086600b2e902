/// What all operators of an environment know of it: an object in a bucket that they share.
///
/// Read by anyone; written only by who holds the lease, and only over the version that was read
/// (conditional writes of S3), so that of two who write at once one learns that it lost.
package struct DeployRecord: Codable, Hashable, Sendable {
    /// What this program writes.
    package static let currentFormat = 2

    package var format = currentFormat
    /// Whose record it is; another's is never used.
    package var owner: Owner
    /// Grows with each holder, also over a record that was lost: never below the seconds since 1970 when the lease
    /// was taken. What an earlier holder still has in flight is reported by it.
    package var fence = 0
    package var holder: Holder?
    /// Who took the lease last, for messages once it is given back.
    package var lastHolder: String?
    /// What the data folders hold: by file system and root, then by their names. On routes where looking costs, these
    /// are the record.
    package var places: [String: [String: Slot]] = [:]
    package var live: Live?
    /// What it ran before: the newest that differs in content from what is live.
    package var previous: Live?
    /// Made again with each write: by it a writer whose answer was lost knows its own words again.
    package var nonce = ""

    package init(owner: Owner) { self.owner = owner }

    /// What tells the records of two sites apart, also where their environments have one name.
    package struct Owner: Codable, Hashable, Sendable {
        package var project: String
        package var environment: String
        /// What runs the releases, such as `beanstalk APPLICATION/ENVIRONMENT`; `data` without one.
        package var application: String
        /// The file system and the folder in it that holds the slots, as the last holder has it in its file.
        package var place: String

        package init(project: String, environment: String, application: String, place: String) {
            self.project = project
            self.environment = environment
            self.application = application
            self.place = place
        }

        /// Whether both mean one site. A site may move to another file system; data without a site is its place.
        package func isSame(as other: Owner) -> Bool {
            project == other.project && environment == other.environment
                && application == other.application
                && (application != "data" || place == other.place)
        }
    }

    package struct Holder: Codable, Hashable, Sendable {
        /// `user@host`.
        package var name: String
        /// The clone that it works from: its own lease of a killed run is resumed at once.
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
        /// The file system and root of `slot`; nil in records of the first format.
        package var place: String?
        /// The clone that it was deployed from; nil in records of the first format.
        package var clone: String?
        /// How its site is started, as its release has it; nil in records of the first format.
        package var settings: String?

        package init(
            label: String, manifest: String, slot: String, image: String, commit: String?,
            by: String, at: Int64, place: String? = nil, clone: String? = nil,
            settings: String? = nil
        ) {
            self.label = label
            self.manifest = manifest
            self.slot = slot
            self.image = image
            self.commit = commit
            self.by = by
            self.at = at
            self.place = place
            self.clone = clone
            self.settings = settings
        }

        /// Whether both are one site to its readers: the same code, data and settings, whatever it is called.
        package func hasContent(of other: Live) -> Bool {
            manifest == other.manifest && image == other.image
                && (settings == nil || other.settings == nil || settings == other.settings)
        }

        /// Whether it runs from a slot of a place; of the first format nobody knows, so it may.
        package func runs(from slot: String, at place: String) -> Bool {
            self.slot == slot && (self.place ?? place) == place
        }
    }

    /// What is on record of the slots of a place.
    package subscript(place: String) -> [String: Slot] {
        get { places[place, default: [:]] }
        set { places[place] = newValue.isEmpty ? nil : newValue }
    }

    /// Makes a release the live one. What was live before becomes what a rollback brings back, unless it is the same
    /// content under another name.
    package mutating func setLive(_ new: Live) {
        if let before = live, !before.hasContent(of: new) { previous = before }
        live = new
    }
}

/// A record as the first format has it, which does not say whose it is.
struct FirstRecord: Decodable {
    let fence: Int
    let holder: DeployRecord.Holder?
    let slots: [String: DeployRecord.Slot]
    let live: DeployRecord.Live?
    let previous: DeployRecord.Live?

    /// Whether its content names this project: an image of its repository, or a holder in its folder on this machine.
    func names(_ signs: RecordSigns) -> Bool {
        if holder == nil, slots.isEmpty, live == nil, previous == nil { return true }
        if let holder, holder.identity == signs.folder { return true }
        let images = [live, previous].compactMap { $0?.image }
        return !images.isEmpty
            && images.allSatisfy { image in
                signs.repository.map { image.hasPrefix($0 + "@") } ?? false
            }
    }

    /// As the present format has it. The slots are those of the place that the environment's file names.
    func record(of owner: DeployRecord.Owner, _ signs: RecordSigns) -> DeployRecord {
        var record = DeployRecord(owner: owner)
        record.fence = fence
        // What a killed run of this very project held is resumed at once.
        record.holder = holder?.identity == signs.folder ? nil : holder
        record[owner.place] = slots
        record.live = live
        record.previous = previous
        return record
    }
}

/// By what a record of the first format is known to be this project's.
package struct RecordSigns: Sendable {
    /// The image repository of the environment; nil for one without.
    package var repository: String?
    /// `HOST:PROJECT-FOLDER`, as the first format names who holds the lease.
    package var folder: String

    package init(repository: String?, folder: String) {
        self.repository = repository
        self.folder = folder
    }
}
