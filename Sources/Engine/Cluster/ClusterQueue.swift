import FoundationEssentials
import Posix

/// What Slurm says of the units of an active run, kept for those who ask how far it is.
package struct ClusterQueue: Codable, Hashable, Sendable {
    package let run: Int64
    /// Units that a task has begun and not ended.
    package let running: [String]
    /// Units that wait for their task to start.
    package let waiting: Int
    /// Why tasks wait, in Slurm's words (squeue(1), JOB REASON CODES), each with how many tasks.
    package let reasons: [String: Int]

    private static let path = BatchFolder.home + "/queue.json"

    /// What the run has written last; nil where none of its units is with Slurm.
    package static func read(run: Int64) throws -> ClusterQueue? {
        guard try FileSystem.status(path) != nil else { return nil }
        let queue = try JSONDecoder().decode(Self.self, from: Data(FileSystem.read(path)))
        return queue.run == run ? queue : nil
    }

    func write() throws {
        try FileSystem.writeAtomically(Array(JSONEncoder().encode(self)), to: Self.path)
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
