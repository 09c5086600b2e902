import PipelineLedger

/// What runs releases at AWS, as the deployment of one of them sees it.
///
/// Its steps come in this order. Each looks before it acts, so that a deployment which was killed anywhere
/// is taken up by calling them again.
protocol CloudHost: AnyObject {
    /// The version that runs once nobody else changes anything; nil for one that this tool has not made.
    func awaitReady() throws -> String?

    /// Joins a release and the slot with its data into a version. Nothing has an effect yet.
    func prepare(_ release: ReleaseRecord, slot: String) throws -> VersionLabel

    /// Makes what `run` needs, without an effect on what runs.
    func provide() throws

    /// Has the prepared version run everywhere.
    ///
    /// - Returns: where it answers; nil where nobody can ask it.
    func run() throws -> String?

    /// Has run what ran before.
    ///
    /// - Returns: whether it does: false where the way back is closed or not wanted.
    func goBack() throws -> Bool

    /// Takes away what is too old to be needed. What fails here does no harm to the deployment.
    func prune()
}
