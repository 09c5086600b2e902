package import Archive
package import ArchiveHistory
package import Digests
package import PipelineEngine

/// The archive of a project, as the way to machines that do not see the project's folder.
package protocol TaskArchive: AnyObject, Sendable {
    /// The folder of the archive, for one thread.
    func place() -> ArchivePlace

    /// How nodes reach the archive.
    ///
    /// - Parameter changes: what is written there otherwise than here, by the names of keys.
    /// - Throws: `Failure` where it cannot be used by tasks: it does not answer, or this clone only reads it.
    func address(_ changes: [String: String]) throws -> ArchiveAddress

    /// Has contents in the archive: those that it does not hold are sent.
    ///
    /// - Parameter files: local files with their bytes.
    /// - Returns: where the contents lie, without those whose files do not hold them any more.
    /// - Throws: where something could not be sent.
    func keep(
        _ files: [Digest: (path: String, size: Int64)], note: (RunEvent) -> Void
    ) throws -> [Digest: ArchivedObject]

    /// Contents that tasks have sent, and that were found to be what their digests say: they are not sent again with the results.
    func remember(_ objects: [ArchivedObject])

    /// Contents did not arrive as their digests say.
    func noteDamage(_ objects: [ArchivedObject]) throws
}

/// How a machine reaches an archive: what `TransportOptions` are made of again there.
package struct ArchiveAddress: Codable, Hashable, Sendable {
    /// The archive's id: a node compares it with the mark that it finds.
    package let id: String
    package let transport: String
    package let root: String
    package let keys: [String: String]

    package init(id: String, transport: String, root: String, keys: [String: String]) {
        self.id = id
        self.transport = transport
        self.root = root
        self.keys = keys
    }
}
