import PipelineLedger

/// What runs releases at AWS, as the deployment of one of them sees it.
///
/// Its steps come in this order. Each looks before it acts, so that a deployment which was killed anywhere
/// is resumed by calling them again. Each call that changes something is made only while the operators' lease is
/// confirmed.
protocol CloudHost: AnyObject {
    /// Throws where a version of this release could not be prepared, because something of it is lost. Changes nothing.
    func confirm(_ release: ReleaseRecord) throws

    /// Throws where an existing version cannot be run again. Changes nothing.
    func confirm(existing label: VersionLabel) throws

    /// The version that runs once nobody else changes anything; nil for one that this tool has not made.
    func awaitReady() throws -> String?

    /// Joins a release and the slot with its data into a version. Nothing has an effect yet.
    ///
    /// - Parameter existing: a version of another clone's that is this release already.
    func prepare(
        _ release: ReleaseRecord, slot: String, existing: VersionLabel?
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
}

/// What an environment runs after a deployment that failed, as it was seen then.
enum Aftermath: Equatable {
    /// The version that ran before.
    case before(String)
    /// Something else; in words.
    case other(String)
}
