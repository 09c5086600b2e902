import JSON
import PipelineEngine
import Posix

/// The folder of units that were submitted together, on a file system that the cluster shares: what each task is to
/// run, and what the tasks report.
///
/// - `batch.json`: what the units are run with; written last before the batch is submitted.
/// - `pack-N.jsonl`: the units of task N, one a line.
/// - `job`: the number of the job, once it is known. Without it the job is found by its name, the folder's.
/// - `task-N-START.jsonl`: what task N reports in its START-th start, one `TaskRecord` a line. Each start has a file of
///   its own, so that a task that was thought lost can never write into the file of the one that took its place.
/// - `task-N.log`: what the task itself prints.
struct BatchFolder: Sendable {
    let name: String

    static let home = Project.statePath + "/cluster"

    var path: String { "\(Self.home)/\(name)" }
    var jobPath: String { "\(path)/job" }
    func recordsPath(_ task: Int, _ start: Int) -> String { "\(path)/task-\(task)-\(start).jsonl" }
    func taskLog(_ task: Int) -> String { "\(path)/task-\(task).log" }

    /// Stands in paths for the number of the start: a start writes nowhere that another has written.
    static let startToken = "@start@"

    struct Batch: Codable, Sendable {
        let stage: String
        let root: String
        let launch: StageLaunch
        let tasks: Int
        /// When it was written, in nanoseconds of the submitting side's clock of the day: no unit began before. Nil in
        /// batches of earlier versions.
        var writtenNs: Int64?
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
            try Self.write(units, to: "\(path)/pack-\(task).jsonl")
        }
        try FileSystem.writeAtomically(JSONValue.encode(batch).bytes, to: "\(path)/batch.json")
    }

    private static func write(_ units: [Unit], to path: String) throws {
        var bytes: [UInt8] = []
        for unit in units { bytes += try JSONValue.encode(unit).bytes + [UInt8(ascii: "\n")] }
        try FileSystem.writeAtomically(bytes, to: path)
    }

    func batch() throws -> Batch {
        try JSONValue.decode(
            Batch.self, from: FileSystem.read("\(path)/batch.json", limit: 1 << 24))
    }

    /// Whether it was written to its end.
    func isWhole() throws -> Bool { try FileSystem.status("\(path)/batch.json") != nil }

    func units(of task: Int) throws -> [Unit] {
        try FileSystem.readText("\(path)/pack-\(task).jsonl", limit: 1 << 30)
            .split(separator: "\n").map {
                try JSONValue.decode(Unit.self, from: $0.utf8)
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
