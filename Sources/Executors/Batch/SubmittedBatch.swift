import PipelineEngine
import Posix

/// A batch that was written, as the submitting side follows it.
final class SubmittedBatch {
    let folder: BatchFolder
    /// Nil while the cluster has not been asked, or its answer was lost.
    var job: String?
    /// When it was written, by the day's clock; nil for one of this run.
    let writtenNs: Int64?
    /// Whether its tasks get files by the archive and report there.
    let isArchived: Bool
    private(set) var tasks: [Task]
    private var readers: [String: TaskRecordReader] = [:]

    /// A task and what is known of it.
    struct Task {
        let units: [BatchFolder.Unit]
        /// Attempts whose end was not reported yet.
        var open: Set<Int64>
        /// What its newest start has begun and not ended.
        var begun: Int64?
        /// Whether any of its starts has reported anything.
        var hasBegun = false
        /// The newest of its starts that has reported anything; nil before the first.
        var newestStart: Int?
        /// Since when the cluster does not list it, on the monotonic clock.
        var missingSinceNs: Int64?
    }

    /// A record, and in which start of which task it was written.
    struct TaskReport {
        let task: Int
        let start: Int
        let record: TaskRecord
    }

    init(
        _ folder: BatchFolder, job: String?, units: [[BatchFolder.Unit]], writtenNs: Int64? = nil,
        isArchived: Bool = false
    ) {
        self.isArchived = isArchived
        self.folder = folder
        self.job = job
        self.writtenNs = writtenNs
        tasks = units.map { Task(units: $0, open: Set($0.map(\.launch.attempt))) }
    }

    var openTasks: [Int] { tasks.indices.filter { !tasks[$0].open.isEmpty } }

    /// What the tasks have reported since the last time.
    func newReports() throws -> [TaskReport] {
        var reports: [TaskReport] = []
        for (task, start) in try folder.starts()
        where tasks.indices.contains(task) && !tasks[task].open.isEmpty {
            let path = folder.recordsPath(task, start)
            var reader = readers[path] ?? TaskRecordReader(path)
            for record in try reader.new() {
                note(record, of: task)
                tasks[task].newestStart = max(tasks[task].newestStart ?? 0, start)
                reports.append(TaskReport(task: task, start: start, record: record))
            }
            readers[path] = reader
        }
        return reports
    }

    private func note(_ record: TaskRecord, of task: Int) {
        tasks[task].hasBegun = true
        if record.ending == nil {
            tasks[task].begun = record.attempt
        } else {
            tasks[task].open.remove(record.attempt)
            if tasks[task].begun == record.attempt { tasks[task].begun = nil }
        }
    }

    func markMissing(_ task: Int, sinceNs: Int64?) { tasks[task].missingSinceNs = sinceNs }

    /// The task will report nothing more.
    ///
    /// - Returns: the attempts that it did not end.
    func abandon(_ task: Int) -> [Int64] {
        defer { tasks[task].open = [] }
        return tasks[task].units.map(\.launch.attempt).filter(tasks[task].open.contains)
    }

    /// What the task itself printed last.
    func logTail(of task: Int) -> String {
        let log = folder.taskLog(task)
        let tail = (try? FileSystem.readTail(log, limit: 2000)) ?? []  // try?: it only explains
        return String(decoding: tail, as: UTF8.self).split(separator: "\n").suffix(3)
            .joined(separator: "; ")
    }
}
