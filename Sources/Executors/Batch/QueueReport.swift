import JSON
import PipelineEngine
import Posix

/// What a queue lists of the units of an active run, kept for `status`.
package struct QueueReport: Codable, Hashable, Sendable {
    package let run: Int64
    /// Which queue it is; nil in reports of earlier versions.
    package var queue: String?
    /// Units that a task has begun and not ended.
    package let running: [String]
    /// Units that wait for their task to start.
    package let waiting: Int
    /// Why tasks wait, in the queue's words, each with how many tasks.
    package let reasons: [String: Int]

    private static let path = BatchFolder.home + "/queue.json"

    /// What the run has written last; nil where none of its units is with a queue.
    package static func read(run: Int64) throws -> QueueReport? {
        guard try FileSystem.status(path) != nil else { return nil }
        let report = try JSONValue.decode(Self.self, from: FileSystem.read(path))
        return report.run == run ? report : nil
    }

    func write() throws {
        try FileSystem.writeAtomically(JSONValue.encode(self).bytes, to: Self.path)
    }

    static func remove() { try? FileSystem.remove(path) }  // try?: ours, of a run that ended

    /// `2 tasks wait (PartitionDown)`; nil where none waits.
    package var waits: String? {
        guard !reasons.isEmpty else { return nil }
        let count = reasons.values.reduce(0, +)
        let words = reasons.keys.sorted().joined(separator: ", ")
        return "\(count) \(count == 1 ? "task waits" : "tasks wait") (\(words))"
    }
}
