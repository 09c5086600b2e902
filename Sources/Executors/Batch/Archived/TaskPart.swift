import Digests
import Failures
import JSON

/// What a task reports in the archive, in parts: each has what came since the one before. It counts with its code alone, which
/// takes the batch's key: who can write to the archive cannot report for a task.
struct TaskPart: Codable, Sendable {
    var records: [TaskRecord] = []
    /// What the units of the records have written.
    var files: [MadeFile] = []
    var contents: [StoredContent] = []
    /// Why the task could not run its units, though they did nothing wrong.
    var refusal: Failure?
    /// Whether a new try cannot help either; nil where it may.
    var isLasting: Bool?
    /// Contents that the archive did not give, and that it is to get again.
    var lost: [StoredContent] = []

    /// A file that a unit has written: an output, a file of one, or its log.
    struct MadeFile: Codable, Hashable, Sendable {
        let attempt: Int64
        /// From the project's root.
        let path: String
        let digest: String
        let size: Int64
        let isExecutable: Bool
    }

    /// The place of a part in what a batch reports.
    struct Name: Hashable, Comparable, Sendable {
        let task: Int
        /// How often the task had been started before.
        let start: Int
        /// From 0.
        let part: Int

        private static let end = ".record"

        init(task: Int, start: Int, part: Int) {
            self.task = task
            self.start = start
            self.part = part
        }

        /// Nil for another name.
        init?(_ text: String) {
            guard text.hasSuffix(Self.end) else { return nil }
            let numbers = text.dropLast(Self.end.count)
                .split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 3, let task = numbers[0], let start = numbers[1],
                let part = numbers[2]
            else { return nil }
            self.init(task: task, start: start, part: part)
            guard self.text == text else { return nil }
        }

        var text: String { "\(task)-\(start)-\(part)\(Self.end)" }

        static func < (left: Name, right: Name) -> Bool {
            (left.task, left.start, left.part) < (right.task, right.start, right.part)
        }
    }

    /// The file of the part: the code of what follows its line, and that.
    ///
    /// - Parameter batch: the batch's name, which the code covers as it does the part's: a part counts in its place alone.
    func bytes(_ name: Name, of batch: String, _ key: MessageKey) throws -> [UInt8] {
        let body = try JSONValue.encode(self).bytes
        let code = key.code(of: Self.message(body, name, batch))
        return Array("\(code.hex)\n".utf8) + body
    }

    /// - Returns: nil where the code is not that of a side with the key.
    init?(_ bytes: [UInt8], _ name: Name, of batch: String, _ key: MessageKey) throws {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let code = Digest(hex: String(decoding: bytes[..<end], as: UTF8.self))
        else { return nil }
        let body = Array(bytes[(end + 1)...])
        guard key.isCode(code, of: Self.message(body, name, batch)) else { return nil }
        self = try JSONValue.decode(Self.self, from: body)
    }

    init() {}

    private static func message(_ body: [UInt8], _ name: Name, _ batch: String) -> [UInt8] {
        Array("pipeline task record 1\n\(batch)\n\(name.text)\n".utf8) + body
    }
}
