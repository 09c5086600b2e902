import ArchiveHistory
import Digests
import JSON

/// What the tasks of a batch get on their standard input: how the archive is reached, what to run, and the secret by which
/// this side knows their records. It stands in the queue's job script, which others cannot read.
package struct TaskOrders: Codable, Sendable {
    /// The batch's name.
    package let batch: String
    /// The digest of the batch's index in the archive: nobody can exchange it.
    package let index: String
    /// `MessageKey.hex`.
    let key: String
    package let archive: ArchiveAddress
    /// Where a node makes its folders; nil for TMPDIR.
    let scratch: String?
    /// The files into which the queue writes what tasks print, without `-INDEX.log`.
    let log: String

    var line: [UInt8] { get throws { try JSONValue.encode(self).bytes } }

    package init(parsing bytes: [UInt8]) throws {
        self = try JSONValue.decode(Self.self, from: bytes)
    }

    init(
        batch: String, index: String, key: String, archive: ArchiveAddress, scratch: String?,
        log: String
    ) {
        self.batch = batch
        self.index = index
        self.key = key
        self.archive = archive
        self.scratch = scratch
        self.log = log
    }
}

/// The file of a batch in the archive that names all others of its description, by their digests.
struct TaskIndex: Codable, Sendable {
    static let name = "index.json"
    static let format = 1

    let format: Int
    /// Digests by name.
    let files: [String: String]
    /// Kernel and architecture of the submitting side.
    let system: String
    /// The Python environment that nodes have; nil where the project has none.
    let python: Python?

    struct Python: Codable, Sendable {
        /// On the nodes, absolute.
        let folder: String
        /// Where the project has it, from its root; nil where that is elsewhere.
        let link: String?
    }
}

/// Files that tasks need in their folder, and where their contents lie in the archive.
struct TaskFiles: Codable, Sendable {
    /// Of all tasks, and of one.
    static let shared = "files.json"
    static func name(_ task: Int) -> String { "files-\(task).json" }

    var files: [File] = []
    /// Each content once.
    var contents: [StoredContent] = []

    struct File: Codable, Hashable, Sendable {
        /// From the project's root.
        let path: String
        let digest: String
        let isExecutable: Bool
    }
}

/// Where a content lies in the archive.
struct StoredContent: Codable, Hashable, Sendable {
    let digest: String
    let size: Int64
    let path: String
    /// In a pack; nil where the file is the content.
    let offset: Int64?

    init(_ object: ArchivedObject) {
        digest = object.digest.hex
        size = object.size
        path = object.path
        offset = object.offset
    }

    /// Nil where it is not of that form.
    var object: ArchivedObject? {
        Digest(hex: digest).map {
            ArchivedObject(digest: $0, size: size, path: path, offset: offset)
        }
    }
}
