package import Digests
package import PipelinePlanning

/// Results that other clones of the project have made, in an archive whose history this clone has read.
///
/// An archive that does not answer never fails a run: what it would have given is made here.
package protocol SharedResults: AnyObject, Sendable {
    /// What was made elsewhere from this recipe and these inputs, the newest first.
    ///
    /// - Parameter isPortable: whether the C library and the processor there may be others.
    func successes(
        recipe: Digest, inputs: Digest, isPortable: Bool
    ) throws -> [UnitMemory.Success]

    /// Whether a program of this clone is of the version of one elsewhere whose file has another content.
    ///
    /// - Parameter path: project-relative, of a file that counts as code.
    func isSameProgram(_ path: String, as other: Digest) throws -> Bool

    /// Whether the archive holds all of these contents, as far as its history was read.
    func holds(_ digests: [Digest]) throws -> Bool

    /// Whether fetching so many bytes is likely to take less time than running for so many milliseconds.
    func isQuicker(bytes: Int64, thanRunning milliseconds: Int64) -> Bool

    /// Brings contents into the store, as far as that works. What does not arrive as its digest says is not there.
    ///
    /// - Parameter note: reports what a person should know.
    /// - Returns: contents that have arrived, hashed on the way.
    @discardableResult
    func fetch(_ contents: [Digest: Int64], note: (RunEvent) -> Void) -> Set<Digest>

    /// The ledger has results that it did not have: they may be sent.
    func resultsWereRecorded()
}
