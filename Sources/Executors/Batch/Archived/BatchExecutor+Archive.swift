import Archive
import ArchiveHistory
import Digests
import Failures
import JSON
import Paths
import PipelineEngine
import PipelinePlanning
import Posix
import Processes
import Texts

/// Packs of units with the files that they need, as the archive holds them.
struct PlacedPacks {
    var packs: [[BatchExecutor.SubmittedUnit]]
    /// Files of all tasks.
    var shared = TaskFiles()
    /// Those of each task beside them.
    var own: [TaskFiles] = []
}

/// Tasks that get files by the archive.
extension BatchExecutor {
    /// Before the first batch: a stage with nothing to do needs no archive.
    ///
    /// - Throws: `Failure` where the archive cannot be used.
    func requireArchive() throws {
        guard relay == nil else { return }
        guard let archive, files != nil else { throw Self.noArchive }
        _ = try archive.address(settings.archive)
        relay = try BatchRelay(archive)
    }

    private static let noArchive = Failure(
        "no-archive-for-tasks", "\"data: archive\" needs the project's archive",
        next: "add the key \"archive\" to \(Project.definitionPath), or write \"data: shared\"")

    static func nodeLogs(_ name: String) -> String { "/tmp/\(name)" }

    // MARK: Submitting

    /// Has in the archive what the units need. Those with files that change meanwhile are not among the packs: they are decided
    /// about again.
    func place(_ packs: [[SubmittedUnit]]) throws -> PlacedPacks {
        try requireArchive()
        guard let archive, let files else { throw Self.noArchive }
        let sources = try files.sources().filter { !isOfPython($0) }
        var paths: [Int64: Set<String>] = [:]
        for submitted in packs.joined() {
            paths[submitted.attempt] = try files.paths(of: submitted.unit)
                .filter { !isOfPython($0) }
        }
        var known: [String: UnitFile] = [:]
        for path in paths.values.reduce(sources, { $0.union($1) }) {
            known[path] = try files.file(path)
        }
        var contents: [Digest: (path: String, size: Int64)] = [:]
        for file in known.values { contents[file.digest] = (file.path, file.size) }
        let held = try archive.keep(contents, note: emit)
        let changed = Set(known.values.filter { held[$0.digest] == nil }.map(\.path))
        var placed = PlacedPacks(packs: [])
        placed.shared = Self.listed(sources.subtracting(changed), known, held)
        for pack in packs {
            let (whole, others) = Self.split(pack) {
                paths[$0.attempt, default: []].isDisjoint(with: changed)
            }
            pending += others.map { .returned(job($0, paths: [], tookMs: 0)) }
            guard !whole.isEmpty else { continue }
            placed.packs.append(whole)
            let own = whole.reduce(into: Set<String>()) { $0.formUnion(paths[$1.attempt] ?? []) }
            placed.own.append(Self.listed(own.subtracting(sources), known, held))
        }
        return placed
    }

    private static func split(
        _ pack: [SubmittedUnit], _ isFirst: (SubmittedUnit) -> Bool
    ) -> ([SubmittedUnit], [SubmittedUnit]) {
        (pack.filter(isFirst), pack.filter { !isFirst($0) })
    }

    private static func listed(
        _ paths: Set<String>, _ known: [String: UnitFile],
        _ held: [Digest: ArchivedObject]
    ) -> TaskFiles {
        var files = TaskFiles()
        var digests: Set<Digest> = []
        for path in paths.sorted() {
            guard let file = known[path], let wanted = held[file.digest] else { continue }
            files.files.append(
                .init(path: path, digest: file.digest.hex, isExecutable: file.isExecutable))
            if digests.insert(file.digest).inserted { files.contents.append(.init(wanted)) }
        }
        return files
    }

    /// Writes the description of a batch into the archive.
    ///
    /// - Returns: what its tasks get on their standard input.
    func publish(
        _ folder: BatchFolder, _ units: [[BatchFolder.Unit]], _ placed: PlacedPacks
    ) throws -> [UInt8] {
        guard let archive, let relay else { throw Self.noArchive }
        var names = [BatchFolder.batchName, TaskFiles.shared]
        func write(_ files: TaskFiles, _ name: String) throws {
            try FileSystem.writeAtomically(
                JSONValue.encode(files).bytes, to: "\(folder.path)/\(name)")
        }
        try write(placed.shared, TaskFiles.shared)
        for (task, own) in placed.own.enumerated() {
            try write(own, TaskFiles.name(task))
            names += [BatchFolder.packName(task), TaskFiles.name(task)]
        }
        var digests: [String: String] = [:]
        for name in names { digests[name] = try Digest.ofFile("\(folder.path)/\(name)").digest.hex }
        let index = try JSONValue.encode(
            TaskIndex(
                format: TaskIndex.format, files: digests, system: Host.system, python: nodePython)
        ).bytes
        try FileSystem.writeAtomically(index, to: "\(folder.path)/\(TaskIndex.name)")
        let key = MessageKey()
        let orders = TaskOrders(
            batch: folder.name, index: Digest.of(index).hex, key: key.hex,
            archive: try archive.address(settings.archive), scratch: settings.scratch,
            log: Self.nodeLogs(folder.name))
        let cancellation = cancellation
        try TaskFolder(archive.place(), name: folder.name).write(
            (names + [TaskIndex.name]).map { ($0, "\(folder.path)/\($0)") },
            isInterrupted: { cancellation.isCancelled })
        let line = try orders.line
        try FileSystem.writeAtomically(line, to: folder.ordersPath, mode: 0o600)
        relay.follow(.init(folder: folder, key: key, units: units))
        return line
    }

    // MARK: What differs on a node

    /// Paths in the project's folder are in the task's.
    var nodeLaunch: StageLaunch {
        var environment = launch.environment
        if let own = settings.python, let python {
            if nodeLink == nil {
                environment = environment.mapValues { $0.replacing(python + "/", with: own + "/") }
            }
        } else if let own = settings.python {
            let path = environment["PATH"] ?? Environment.value("PATH") ?? "/usr/bin:/bin"
            environment["PATH"] = "\(own)/bin:\(path)"
        }
        func placed(_ text: String) -> String {
            text == root
                ? BatchFolder.rootToken
                : text.replacing(root + "/", with: BatchFolder.rootToken + "/")
        }
        return StageLaunch(
            worker: launch.worker.map(placed), environment: environment.mapValues(placed),
            workerLog: launch.workerLog)
    }

    /// Where the project has its Python environment, from its root; nil where that is elsewhere.
    private var nodeLink: String? {
        guard let python, python.hasPrefix(root + "/") else { return nil }
        return String(python.dropFirst(root.count + 1))
    }

    /// Whether a file is of the Python environment, of which a node has its own.
    private func isOfPython(_ path: String) -> Bool {
        nodeLink.map { path.hasPrefix($0 + "/") } ?? false
    }

    private var nodePython: TaskIndex.Python? {
        (settings.python ?? python).map { TaskIndex.Python(folder: $0, link: nodeLink) }
    }

    // MARK: Resuming

    /// Brings what the tasks of an earlier run's batch have reported, all of it: what that run had taken in may be cut off.
    func takeReports(_ folder: BatchFolder, _ units: [[BatchFolder.Unit]]) throws {
        try requireArchive()
        let orders = try TaskOrders(parsing: FileSystem.read(folder.ordersPath, limit: 1 << 20))
        guard let relay, let key = MessageKey(hex: orders.key) else { throw Self.noArchive }
        for (task, start) in try folder.starts() {
            // ours: the records are in the archive, and are written again from there
            try FileSystem.remove(folder.recordsPath(task, start))
        }
        let batch = BatchRelay.Batch(folder: folder, key: key, units: units)
        try relay.takeAll(batch)
        relay.follow(batch)
    }

    // MARK: Ends

    /// Why a task has ended that could report nothing in the archive, and whether a new try cannot help; nil where that is not
    /// known by its exit code.
    func nodeProblem(
        _ end: BatchTaskEnd, _ batch: SubmittedBatch, _ task: Int
    ) -> (problem: BatchProblem, isLasting: Bool)? {
        let code = end.exitCode.prefix { $0 != ":" }
        // Of the shell: it is not there, or cannot be run.
        if ["126", "127"].contains(code) { return (.programMissing(settings.program, end), true) }
        let isLasting = code == "\(NodeTask.otherExit)"
        guard isLasting || code == "\(NodeTask.unreachableExit)" else { return nil }
        let log = "\(Self.nodeLogs(batch.folder.name))-\(task).log"
        return (.archiveUnreachable(end, log: log), isLasting)
    }

    /// Where to read what a task has printed.
    func logPlace(_ batch: SubmittedBatch, _ task: Int, _ end: BatchTaskEnd?) -> String {
        "what it printed is in \(Self.nodeLogs(batch.folder.name))-\(task).log on \(end?.node ?? "its node")"
    }
}
