package import Archive
package import ArchiveHistory
package import BatchExecution
package import Digests
import Failures
package import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelineStore
import Posix
import Processes
import TransportProviders

/// The archive as the way to machines that do not see the project's folder.
extension ProjectArchive: TaskArchive {
    package func place() -> ArchivePlace { connection(nil).place() }

    package func address(_ changes: [String: String]) throws -> ArchiveAddress {
        let options = connection(nil).config.options
        guard let adding else {
            throw current == nil
                ? Failure(
                    "archive-unreachable", "the archive does not answer, and units need it",
                    cause: "a stage has \"data: archive\"",
                    next: "see to it that the archive can be reached", run: .again)
                : Failure(
                    "archive-read-only", "this clone only reads the archive (role: read)",
                    cause: "a stage has \"data: archive\": what its units need is sent there",
                    next: "run it in a clone whose role is write, or with \"executor: local\"")
        }
        guard
            let provider = Registry.archiveTransports.first(where: {
                $0.schema.name == options.transport
            })
        else { preconditionFailure("the definition was read with other transports") }
        let reached = options.reached(by: changes, provider.schema)
        try Self.requireFilesOfNodes(reached, provider.schema)
        return ArchiveAddress(
            id: adding.archive, transport: reached.transport, root: reached.root,
            keys: reached.written)
    }

    /// A path without a slash at its beginning is in the project, which nodes do not see.
    private static func requireFilesOfNodes(
        _ options: TransportOptions, _ schema: TransportSchema
    ) throws {
        for name in schema.files {
            guard let path = options[name], !path.hasPrefix("/"), !path.hasPrefix("~/") else {
                continue
            }
            let key = name.split(separator: ".").last.map(String.init) ?? name
            throw Failure(
                "task-archive-file",
                "\"\(key): \(path)\" of the archive is a file in the project's folder, which nodes do not have",
                cause: "a stage has \"data: archive\"",
                next: "put it on the nodes, and write its path there in the executor's options: "
                    + "\"archive: { \(key): /path/on/the/nodes }\"")
        }
    }

    package func keep(
        _ files: [Digest: (path: String, size: Int64)], note: (RunEvent) -> Void
    ) throws -> [Digest: ArchivedObject] {
        guard let (archive, sender) = adding else { return [:] }
        let unneeded = try sender.between { _, place in
            Set(try ArchiveCollecting(place: place, archive: archive).marks().since.keys)
        }
        func held() throws -> [Digest: ArchivedObject] {
            try sender.between { reader, _ in
                var held: [Digest: ArchivedObject] = [:]
                let objects = try reader.archivedObjects(Array(files.keys), in: archive)
                for object in objects
                where held[object.digest] == nil && !unneeded.contains(object.path) {
                    held[object.digest] = object
                }
                return held
            }.merging(sender.remembered(files.keys)) { named, _ in named }
        }
        let known = try held()
        let missing = files.filter { known[$0.key] == nil }
        guard !missing.isEmpty else { return known }
        let mebibytes = missing.values.reduce(0) { $0 + $1.size } >> 20
        note(
            .note(
                "sending \(missing.count) \(missing.count == 1 ? "file" : "files") (\(mebibytes) MiB) that units need to the archive"
            ))
        try send(missing, sender)
        return try held()
    }

    /// Bytes of one segment: what was sent before a kill is not sent again.
    private static let mostBytes: Int64 = 128 << 20

    private func send(
        _ files: [Digest: (path: String, size: Int64)], _ sender: ArchiveSender
    ) throws {
        var contents: [Digest: Int64] = [:]
        var bytes: Int64 = 0
        func flush() throws {
            guard !contents.isEmpty else { return }
            try sender.send(contents: contents, from: files.mapValues(\.path))
            (contents, bytes) = ([:], 0)
        }
        for (digest, file) in files.sorted(by: { $0.key < $1.key }) {
            contents[digest] = file.size
            bytes += file.size
            if bytes > Self.mostBytes { try flush() }
        }
        try flush()
    }

    package func remember(_ objects: [ArchivedObject]) { adding?.sender.remember(objects) }

    package func noteDamage(_ objects: [ArchivedObject]) throws {
        guard let archive = adding?.archive else { return }
        try ledger?.recordDamaged(objects, in: archive, at: Timestamp.now())
    }
}

/// The archive as a node finds it, which has no project.
package enum NodeArchive {
    /// - Throws: `Failure` for a transport that this program or this node does not have.
    package static func open(_ address: ArchiveAddress) throws -> @Sendable () -> ArchivePlace {
        guard
            let provider = Registry.archiveTransports.first(where: {
                $0.schema.name == address.transport
            }), case .lasting(let connect) = provider.access
        else {
            throw Failure(
                "task-description",
                "this node's program knows no transport \"\(address.transport)\"",
                next: "install the version that submits on the nodes")
        }
        for program in provider.programs {
            do throws(ProcessError) {
                _ = try ProcessCommand(Array(program.words.prefix(1))).executable()
            } catch {
                guard case .executableNotFound(let name) = error else { throw error }
                throw Failure(
                    "task-archive-other",
                    "this node has no program \"\(name)\", by which the archive is reached",
                    next: program.advice)
            }
        }
        let options = TransportOptions(provider.schema, root: address.root, address.keys)
        return {
            let connection = connect(.init(options: options, cancel: nil))
            return ArchivePlace(name: "\(address.transport) \(address.root)") {
                connection.transport($0)
            }
        }
    }
}
