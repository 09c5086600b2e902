import ArchiveHistory
import JSON
import PipelineEngine
import Posix
import Texts

/// The folder of units that were submitted together, on a file system that the cluster shares: what each task is to
/// run, and what the tasks report.
///
/// - `batch.json`: what the units are run with; written last before the batch is submitted.
/// - `pack-N.jsonl`: the units of task N, one a line.
/// - `job`: the number of the job, once it is known. Without it the job is found by its name, the folder's.
/// - `task-N-START.jsonl`: what task N reports in its START-th start, one `TaskRecord` a line. Each start has a file of
///   its own, so that a task that was thought lost can never write into the file of the one that took its place.
/// - `task-N.log`: what the task itself prints.
///
/// Where tasks get files by the archive, the folder is here and, as a task needs it, on its node. Here it also has
/// - `orders.json`: the tasks' standard input, for this user alone;
/// - what else the archive has of the batch's description.
struct BatchFolder: Sendable {
    let name: String

    static let home = Project.statePath + "/cluster"

    var path: String { "\(Self.home)/\(name)" }
    var jobPath: String { "\(path)/job" }
    func recordsPath(_ task: Int, _ start: Int) -> String { "\(path)/task-\(task)-\(start).jsonl" }
    func taskLog(_ task: Int) -> String { "\(path)/task-\(task).log" }
    var ordersPath: String { "\(path)/orders.json" }

    static let batchName = "batch.json"
    static func packName(_ task: Int) -> String { "pack-\(task).jsonl" }

    /// Stands in paths for the number of the start: a start writes nowhere that another has written.
    static let startToken = "@start@"
    /// Stands for the folder in which a task runs, where that is known on its node alone.
    static let rootToken = "@root@"

    struct Batch: Codable, Sendable {
        let stage: String
        let root: String
        let launch: StageLaunch
        let tasks: Int
        /// When it was written, in nanoseconds of the submitting side's clock of the day: no unit began before. Nil in
        /// batches of earlier versions.
        var writtenNs: Int64?
        /// Whether tasks get files by the archive; nil where they do not.
        var isArchived: Bool?
        /// What machines must be like, for units that are not portable; nil where they may differ.
        var platform: Platform?
    }

    /// A unit of a task.
    struct Unit: Codable, Sendable {
        let launch: UnitLaunch
        /// The digest of all that was known to decide the unit's outputs when it was submitted over.
        let basis: String
    }

    /// Writes everything, synchronised: after this the batch may be submitted.
    func write(_ batch: Batch, _ packs: [[Unit]]) throws {
        try FileSystem.createDirectories(path, mode: 0o700)
        for (task, units) in packs.enumerated() {
            try Self.write(units, to: "\(path)/\(Self.packName(task))")
        }
        try FileSystem.writeAtomically(
            JSONValue.encode(batch).bytes, to: "\(path)/\(Self.batchName)")
    }

    /// Writes what one task needs on its node.
    ///
    /// - Parameters:
    ///   - bytes: of `batch.json`, as it was submitted.
    ///   - root: the task's folder there, absolute.
    func write(_ bytes: [UInt8], _ units: [Unit], _ task: Int, root: String) throws {
        func placed(_ text: String) -> String { text.replacing(Self.rootToken, with: root) }
        let written = try JSONValue.decode(Batch.self, from: bytes)
        let launch = StageLaunch(
            worker: written.launch.worker.map(placed),
            environment: written.launch.environment.mapValues(placed),
            workerLog: written.launch.workerLog)
        try FileSystem.createDirectories(path, mode: 0o700)
        try Self.write(
            units.map {
                Unit(launch: $0.launch.replacing(Self.rootToken, with: root), basis: $0.basis)
            }, to: "\(path)/\(Self.packName(task))")
        let batch = Batch(
            stage: written.stage, root: root, launch: launch, tasks: written.tasks,
            writtenNs: written.writtenNs, isArchived: true, platform: written.platform)
        try FileSystem.writeAtomically(
            JSONValue.encode(batch).bytes, to: "\(path)/\(Self.batchName)")
    }

    /// Adds records to those of a start of a task, synchronised.
    func append(_ records: [TaskRecord], _ task: Int, _ start: Int) throws {
        guard !records.isEmpty else { return }
        let path = recordsPath(task, start)
        let file = try Descriptors.open(path, .append)
        defer { Descriptors.close(file) }
        try Descriptors.write(records.flatMap { try $0.line }, to: file, path: path)
        try FileSystem.synchronize(path)
    }

    private static func write(_ units: [Unit], to path: String) throws {
        var bytes: [UInt8] = []
        for unit in units { bytes += try JSONValue.encode(unit).bytes + [UInt8(ascii: "\n")] }
        try FileSystem.writeAtomically(bytes, to: path)
    }

    func batch() throws -> Batch {
        try JSONValue.decode(
            Batch.self, from: FileSystem.read("\(path)/\(Self.batchName)", limit: 1 << 24))
    }

    /// Whether it was written to its end.
    func isWhole() throws -> Bool {
        guard try FileSystem.status("\(path)/\(Self.batchName)") != nil else { return false }
        return try batch().isArchived != true || FileSystem.status(ordersPath) != nil
    }

    func units(of task: Int) throws -> [Unit] {
        try Self.units(
            parsing: FileSystem.read("\(path)/\(Self.packName(task))", limit: 1 << 30))
    }

    static func units(parsing bytes: [UInt8]) throws -> [Unit] {
        try bytes.split(separator: UInt8(ascii: "\n")).map {
            try JSONValue.decode(Unit.self, from: $0)
        }
    }

    /// Which starts of which tasks have reported something.
    func starts() throws -> [(task: Int, start: Int)] {
        try FileSystem.entries(of: path).compactMap { entry in
            guard entry.name.hasPrefix("task-"), entry.name.hasSuffix(".jsonl") else { return nil }
            let numbers = entry.name.dropFirst(5).dropLast(6).split(separator: "-").map { Int($0) }
            guard numbers.count == 2, let task = numbers[0], let start = numbers[1] else {
                return nil
            }
            return (task, start)
        }.sorted { ($0.task, $0.start) < ($1.task, $1.start) }
    }
}
