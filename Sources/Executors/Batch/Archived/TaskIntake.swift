import Archive
import ArchiveHistory
import Digests
import Failures
import Paths
import PipelineEngine
import PipelineStore
import Posix
import Processes

/// What was taken in of the reports of one batch's tasks.
struct TaskIntake {
    private let batch: BatchRelay.Batch
    private let archive: any TaskArchive
    private let launches: [Int64: UnitLaunch]
    /// The next part of each start of each task.
    private var next: [TaskPart.Name: Int] = [:]
    private var ended: Set<Int64> = []
    /// Parts that are no task's, and that were reported.
    private var forged: Set<TaskPart.Name> = []

    /// Bytes of parts that are read at once.
    private static let mostBytes: Int64 = 32 << 20

    init(_ batch: BatchRelay.Batch, _ archive: any TaskArchive) {
        self.batch = batch
        self.archive = archive
        var launches: [Int64: UnitLaunch] = [:]
        for unit in batch.units.joined() { launches[unit.launch.attempt] = unit.launch }
        self.launches = launches
    }

    /// Takes in what is new.
    ///
    /// - Returns: whether anything was.
    mutating func look(
        _ place: ArchivePlace, note: (String) -> Void, isInterrupted: @escaping () -> Bool
    ) throws -> Bool {
        let folder = TaskFolder(place, name: batch.folder.name)
        var entries: [TaskPart.Name: TaskFolder.Entry] = [:]
        for entry in try folder.entries() {
            guard let name = TaskPart.Name(entry.name), batch.units.indices.contains(name.task)
            else { continue }
            entries[name] = entry
        }
        var hasRecords = false
        for names in chosen(entries) {
            let texts = try folder.read(
                names.compactMap { entries[$0] }, isInterrupted: isInterrupted)
            var parts: [(name: TaskPart.Name, part: TaskPart)] = []
            for (name, bytes) in zip(names, texts) where name.part == nextPart(of: name) {
                guard let bytes else { continue }
                guard let part = try TaskPart(bytes, name, of: batch.folder.name, batch.key) else {
                    if forged.insert(name).inserted {
                        note(
                            "\(name.text) of \(batch.folder.name) in the archive is not used: no task of this batch has written it"
                        )
                    }
                    continue
                }
                next[name.first] = name.part + 1
                parts.append((name, part))
            }
            try take(parts, place, isInterrupted)
            if !parts.isEmpty { hasRecords = true }
        }
        return hasRecords
    }

    /// Whether the ends of all units were reported.
    var isDone: Bool { ended.count == launches.count }

    private func nextPart(of name: TaskPart.Name) -> Int { next[name.first] ?? 0 }

    /// Parts that were not taken yet, without a gap, some at a time.
    private func chosen(_ entries: [TaskPart.Name: TaskFolder.Entry]) -> [[TaskPart.Name]] {
        var groups: [[TaskPart.Name]] = []
        var bytes: Int64 = 0
        for name in entries.keys.sorted() where name.part >= nextPart(of: name) {
            let size = entries[name]?.size ?? 0
            if groups.isEmpty || bytes + size > Self.mostBytes {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(name)
            bytes += size
        }
        return groups
    }

    private mutating func take(
        _ parts: [(name: TaskPart.Name, part: TaskPart)], _ place: ArchivePlace,
        _ isInterrupted: @escaping () -> Bool
    ) throws {
        guard !parts.isEmpty else { return }
        let store = Store(root: Project.storePath)
        let contents = parts.flatMap(\.part.contents).compactMap(\.object)
        var wanted: [Digest: ArchivedObject] = [:]
        for content in contents {
            // A pack is read as a whole, and all that is in it is looked at: a segment names it then.
            let isAlone = content.offset == nil
            if isAlone, try store.contains(content.digest) { continue }
            wanted[content.digest] = content
        }
        let arrived = try ObjectFetching(place: place, store: store)
            .fetch(Array(wanted.values), progress: { _ in }, isInterrupted: isInterrupted)
        if isInterrupted() { throw ProcessError.interrupted }
        var placed: [String] = []
        var reports: [(name: TaskPart.Name, records: [TaskRecord])] = []
        for (name, part) in parts {
            let lost = part.lost.compactMap(\.object)
            if !lost.isEmpty { try archive.noteDamage(lost) }
            reports.append((name, try records(name, part, store, arrived, &placed)))
        }
        try Self.synchronize(placed)
        archive.remember(wanted.values.filter { arrived.contains($0.digest) })
        for (name, records) in reports {
            try batch.folder.append(records, name.task, name.start)
        }
    }

    /// The records of a part, after its files were laid where the units would have written them.
    private mutating func records(
        _ name: TaskPart.Name, _ part: TaskPart, _ store: Store, _ arrived: Set<Digest>,
        _ placed: inout [String]
    ) throws -> [TaskRecord] {
        if let refusal = part.refusal {
            let open = batch.units[name.task].map(\.launch.attempt).filter { !ended.contains($0) }
            let isLasting = part.isLasting == true
            if isLasting { ended.formUnion(open) }
            return open.map {
                TaskRecord(
                    attempt: $0, milliseconds: 0,
                    ending: isLasting ? .init(refusal) : .init(lost: refusal), node: nil,
                    startedNs: nil)
            }
        }
        var lacking: [Int64: String] = [:]
        for file in part.files {
            let isHere = try lay(file, start: name.start, store, arrived)
            if isHere { placed.append(file.path) } else { lacking[file.attempt] = file.path }
        }
        return part.records.map { record in
            guard record.ending != nil else { return record }
            guard let path = lacking[record.attempt] else {
                ended.insert(record.attempt)
                return record
            }
            let failure = Failure(
                "task-output-lost",
                "what a task has sent as \"\(path)\" is not in the archive as it was made",
                cause: "it was damaged there, or removed since",
                next: "see \"pipeline verify --archive\"", run: .again)
            return TaskRecord(
                attempt: record.attempt, milliseconds: record.milliseconds,
                ending: .init(lost: failure), node: record.node, startedNs: record.startedNs)
        }
    }

    /// - Returns: false where the content did not arrive.
    private func lay(
        _ file: TaskPart.MadeFile, start: Int, _ store: Store, _ arrived: Set<Digest>
    ) throws -> Bool {
        guard let digest = Digest(hex: file.digest),
            let launch = launches[file.attempt]?.replacing(
                BatchFolder.startToken, with: "\(start)")
        else { return false }
        let folders = launch.outputs.map { PathText.folder($0) + "/" }
        let isPlain = !file.path.split(separator: "/").contains { $0 == ".." || $0 == "." }
        guard isPlain, file.path == launch.log || folders.contains(where: file.path.hasPrefix)
        else { return false }
        try FileSystem.createDirectories(PathText.folder(file.path))
        if file.path == launch.log { return try add(digest, toLog: file.path, store) }
        // ours: a file of the attempt's staging folder, of a take that was cut off
        try FileSystem.remove(file.path)
        return try store.restore(
            digest, to: file.path, isExecutable: file.isExecutable,
            isHashed: arrived.contains(digest))
    }

    private func add(_ digest: Digest, toLog path: String, _ store: Store) throws -> Bool {
        guard let object = try store.verified(digest) else { return false }
        let log = try Descriptors.open(path, .append)
        defer { Descriptors.close(log) }
        try Descriptors.write(
            FileSystem.readTail(object, limit: Self.mostLog), to: log, path: path)
        return true
    }

    /// Bytes of a log, from its end.
    private static let mostLog = 64 << 20

    /// Before a record counts here, what it stands for is on disk.
    private static func synchronize(_ paths: [String]) throws {
        guard paths.count > 8 else {
            for path in paths { try FileSystem.synchronize(path) }
            return
        }
        var devices: Set<UInt64> = []
        for path in paths {
            guard let device = try FileSystem.status(path)?.device, devices.insert(device).inserted
            else { continue }
            try FileSystem.synchronizeFileSystem(containing: path)
        }
    }
}

extension TaskPart.Name {
    /// The first part of the same start.
    fileprivate var first: TaskPart.Name { TaskPart.Name(task: task, start: start, part: 0) }
}
