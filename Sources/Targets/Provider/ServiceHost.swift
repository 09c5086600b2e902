package import AWS
package import Digests
package import Processes
package import Slots

/// What changes the service of one environment, as part of a run.
///
/// The steps of a deployment come in this order. Each looks before it acts, so that a deployment which was killed anywhere
/// is resumed by calling them again. Each call that changes something is made only while the operators' lease is
/// confirmed.
package protocol ServiceHost: AnyObject {
    /// Throws where a version of this release could not be prepared, because something of it is lost. Changes nothing.
    func confirm(_ release: ServiceRelease) throws

    /// Throws where an existing version cannot be run again. Changes nothing.
    func confirm(existing label: VersionLabel) throws

    /// The version that runs once nobody else changes anything; nil for one that this tool has not made.
    func awaitReady() throws -> String?

    /// Joins a release and the slot with its data into a version. Nothing has an effect yet.
    ///
    /// - Parameter existing: a version of another clone's that is this release already.
    func prepare(
        _ release: ServiceRelease, slot: String, existing: VersionLabel?
    ) throws -> VersionLabel

    /// Makes what `run` needs, without an effect on what runs.
    func provide() throws

    /// Has the prepared version run everywhere.
    ///
    /// - Returns: where it answers; nil where nobody can ask it.
    func run() throws -> String?

    /// Has run what ran before, if what runs now is what this run has left or found.
    func goBack() throws -> Aftermath

    /// What runs now, in words: `it runs version r1-a-…`.
    func running() throws -> String

    /// Takes away what is too old to be needed. What fails here does no harm to the deployment.
    func prune()

    /// Starts the site's containers again and returns when the service has done so.
    func restart() throws
}

/// A release as a service sees it.
package struct ServiceRelease {
    package let number: Int64
    /// By digest, `host/path@sha256:…`.
    package let image: String
    /// The listing of the kept files that belong to it; nil for none.
    package let code: Digest?
    package let manifest: Digest
    /// The text of `RunSettings`.
    package let settings: String

    package init(
        number: Int64, image: String, code: Digest?, manifest: Digest, settings: String
    ) {
        self.number = number
        self.image = image
        self.code = code
        self.manifest = manifest
        self.settings = settings
    }
}

/// What a run gives to what changes a service.
package struct ServiceRun {
    package let journal: any RemoteJournal
    package let records: any ServiceRecords
    package let cancel: Cancellation?
    /// Takes what the service itself reports, line by line.
    package let output: (String) -> Void
    /// Tells a person what is being waited for.
    package let note: (String) -> Void

    package init(
        journal: any RemoteJournal, records: any ServiceRecords, cancel: Cancellation?,
        output: @escaping (String) -> Void, note: @escaping (String) -> Void
    ) {
        self.journal = journal
        self.records = records
        self.cancel = cancel
        self.output = output
        self.note = note
    }
}

/// What is on record of an environment, here and among its operators.
package protocol ServiceRecords {
    /// The bucket for what the service is given.
    func bucket() throws -> String
    /// Keys in the bucket that are this environment's alone begin with it; ends in a slash.
    var prefix: String { get }
    /// The same of earlier versions of this program, for all environments of this name.
    var sharedPrefix: String { get }

    /// Throws where something of the kept files of a release is missing or damaged. Changes nothing.
    func confirm(_ files: Digest) throws
    /// The folder with the kept files of a release, made if it is not there; absolute.
    func checkOut(_ files: Digest) throws -> String
    /// The data of a release.
    func manifest(_ digest: Digest) throws -> DataManifest

    /// Images of the release that is live and of the one that a rollback brings back, by this clone's ledger.
    func imagesToGoBackTo() throws -> [String]
    /// The versions that are live and that a rollback brings back, by the operators' record.
    func versionsToGoBackTo() throws -> [String]
    /// All that this clone has deployed.
    func deployedVersions() throws -> [String]
}

/// What an environment runs after a deployment that failed, as it was seen then.
package enum Aftermath: Equatable {
    /// The version that ran before.
    case before(String)
    /// Something else; in words.
    case other(String)
}
