import Failures
import JSON
import PipelineEngine
import Posix

/// What a task reports of one unit: that it begins, and how it ended. A line of JSON in the task's file.
struct TaskRecord: Codable, Sendable {
    let attempt: Int64
    /// On the clock of the task's machine.
    let milliseconds: Int64?
    /// Nil where the unit only begins.
    let ending: Ending?
    /// The machine.
    let node: String?
    /// When the unit began, in nanoseconds of the day's clock of the task's machine; nil where it only begins.
    var startedNs: Int64?

    struct Ending: Codable, Sendable {
        /// Why the unit failed; nil where it did not.
        let failure: Failure?
        /// What the worker answered, as it stands; nil for a command.
        let reply: String?
        /// When the worker was started, in nanoseconds of the day's clock.
        let workerStart: Int64?
        /// Whether the unit did nothing wrong, and is to run again; nil where it is not.
        var isLost: Bool?

        init(_ failure: Failure?, reply: String? = nil, workerStart: Int64? = nil) {
            self.failure = failure
            self.reply = reply
            self.workerStart = workerStart
        }

        /// What the unit has made, or all that it needs, did not arrive.
        init(lost failure: Failure) {
            self.init(failure)
            isLost = true
        }
    }

    /// The same unit, which has failed.
    func failed(_ failure: Failure) -> TaskRecord {
        TaskRecord(
            attempt: attempt, milliseconds: milliseconds, ending: Ending(failure), node: node,
            startedNs: startedNs)
    }

    var line: [UInt8] {
        get throws { try JSONValue.encode(self).bytes + [UInt8(ascii: "\n")] }
    }
}

/// Reads the records of one start of one task, as they are added.
struct TaskRecordReader {
    private let path: String
    private var offset: Int64 = 0

    init(_ path: String) { self.path = path }

    /// The records that are whole and were not read before. A line without its end is not there yet.
    mutating func new() throws -> [TaskRecord] {
        // Opened again each time: that is what makes a network file system ask its server (nfs(5), close-to-open).
        guard let size = try FileSystem.status(path)?.size, size > offset else { return [] }
        let bytes = try FileSystem.read(path, from: offset, limit: Int(size - offset))
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        offset += Int64(end + 1)
        return bytes[...end].split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONValue.decode(TaskRecord.self, from: $0)  // try?: its task's end
        }
    }
}
