import Archive
import ArchiveHistory
import Digests
package import Failures
import JSON
import Paths
import PipelineEngine
import PipelineStore
import Posix

/// What the tasks of a batch are to run, as a node finds it in the archive: each file by a digest that leads back to the orders.
struct TaskDescription {
    private let orders: TaskOrders
    private let task: Int
    private let index: TaskIndex
    private let batch: [UInt8]
    private let units: [BatchFolder.Unit]
    private let files: [TaskFiles]

    /// Where what is made on the node has its place.
    static let storePath = Project.storePath

    /// - Throws: `Failure` for what is not there or was altered, `ArchiveError`.
    init(
        _ orders: TaskOrders, task: Int, in folder: TaskFolder,
        isInterrupted: @escaping () -> Bool
    ) throws {
        self.orders = orders
        self.task = task
        let sizes = Dictionary(
            try folder.entries().map { ($0.name, $0.size) }, uniquingKeysWith: { $1 })
        func read(_ names: [String], _ digests: [String: String]) throws -> [[UInt8]] {
            let texts = try folder.read(
                names.map { .init(name: $0, size: sizes[$0] ?? 0) }, isInterrupted: isInterrupted)
            return try zip(names, texts).map { name, bytes in
                guard let bytes, Digest.of(bytes).hex == digests[name] else {
                    throw Failure(
                        "task-description",
                        "\"\(name)\" of the batch \(orders.batch) in the archive is "
                            + (bytes == nil ? "not there" : "not what was submitted"),
                        next: "see who has changed it")
                }
                return bytes
            }
        }
        index = try JSONValue.decode(
            TaskIndex.self, from: read([TaskIndex.name], [TaskIndex.name: orders.index])[0])
        guard index.format == TaskIndex.format else {
            throw Failure(
                "task-description",
                "this node's program reads no description of format \(index.format)",
                next: "install the version that submits on the nodes")
        }
        let texts = try read(
            [
                BatchFolder.batchName, TaskFiles.shared, BatchFolder.packName(task),
                TaskFiles.name(task),
            ], index.files)
        batch = texts[0]
        units = try BatchFolder.units(parsing: texts[2])
        files = try [texts[1], texts[3]].map { try JSONValue.decode(TaskFiles.self, from: $0) }
    }

    /// The units as a start of the task runs them, in its folder.
    func launches(start: Int) -> [UnitLaunch] {
        units.map { $0.launch.replacing(BatchFolder.startToken, with: "\(start)") }
    }

    /// What the archive had when the batch was submitted.
    var contents: [StoredContent] { files.flatMap(\.contents) }

    /// Makes the task's folder, which is the current one.
    ///
    /// - Parameters:
    ///   - path: its path, absolute.
    ///   - cache: what tasks have fetched on this node.
    func layOut(
        in path: String, _ cache: NodeCache, _ place: ArchivePlace,
        isInterrupted: @escaping () -> Bool
    ) throws {
        try checkPlatform()
        try fetch(into: cache, place, isInterrupted)
        for file in files.flatMap(\.files) {
            let digest = try Self.digest(file)
            try FileSystem.createDirectories(PathText.folder(file.path))
            // One that is code and an input has come already.
            if try FileSystem.linkStatus(file.path) != nil { continue }
            guard
                try cache.store.restore(
                    digest, to: file.path, isExecutable: file.isExecutable, isHashed: true)
            else { throw LostInputs(path: file.path, contents: []) }
        }
        try linkPython()
        let folder = BatchFolder(name: orders.batch)
        try folder.write(batch, units, task, root: path)
    }

    private func checkPlatform() throws {
        guard index.system != Host.system else { return }
        throw Failure(
            "task-platform",
            "this node is a machine of another kind (\(Host.system)) than the one that submits (\(index.system))",
            next: "choose nodes of the same kind, by \"partition\" or \"options\"")
    }

    private func fetch(
        into cache: NodeCache, _ place: ArchivePlace, _ isInterrupted: @escaping () -> Bool
    ) throws {
        var wanted: [Digest: ArchivedObject] = [:]
        for content in files.flatMap(\.contents) {
            if let object = content.object { wanted[object.digest] = object }
        }
        var arrived = try cache.sound(wanted.keys)
        for digest in arrived { wanted[digest] = nil }
        arrived.formUnion(
            try ObjectFetching(place: place, store: cache.store).fetch(
                Array(wanted.values), progress: { _ in }, isInterrupted: isInterrupted))
        let lost = files.flatMap(\.contents).filter { content in
            Digest(hex: content.digest).map { !arrived.contains($0) } ?? true
        }
        guard let first = lost.first else { return }
        let file = files.flatMap(\.files).first { $0.digest == first.digest }
        throw LostInputs(path: file?.path ?? first.path, contents: lost)
    }

    private static func digest(_ file: TaskFiles.File) throws -> Digest {
        guard let digest = Digest(hex: file.digest) else {
            throw LostInputs(path: file.path, contents: [])
        }
        return digest
    }

    /// The project's Python environment stands where the project has it.
    private func linkPython() throws {
        guard let python = index.python else { return }
        guard try FileSystem.status("\(python.folder)/bin/python")?.kind == .file else {
            throw Failure(
                "task-python-missing",
                "this node has no Python environment \"\(python.folder)\"",
                next:
                    "install the project's packages into a folder of every node, and name it under \"python\" in the executor's options"
            )
        }
        guard let link = python.link, try FileSystem.linkStatus(link) == nil else { return }
        try FileSystem.createDirectories(PathText.folder(link))
        try FileSystem.symbolicLink(to: python.folder, at: link)
    }
}

/// The archive does not give a node what its units need.
struct LostInputs: Explained {
    let failure: Failure
    let contents: [StoredContent]
    var description: String { failure.text }

    /// - Parameter path: of the first file.
    init(path: String, contents: [StoredContent]) {
        failure = Failure(
            "task-input-lost",
            "the archive does not give this node \"\(path)\" as it was submitted",
            cause: "it was damaged there, or removed since",
            next: "see \"pipeline verify --archive\"", run: .again)
        self.contents = contents
    }
}

extension Failure {
    /// A node does not reach the archive, so that it can report nothing there.
    package static func archiveUnreachable(_ error: any Error) -> Failure {
        let cause = Failure(of: error)
        return Failure(
            "task-archive-unreachable", "this node does not reach the archive: \(cause.headline)",
            cause: cause.cause,
            next: cause.next
                ?? "see that the node reaches the archive with credentials of its own; if it does so by other names, "
                + "write them under \"archive\" in the executor's options")
    }
}
