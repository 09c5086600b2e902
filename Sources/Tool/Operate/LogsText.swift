import JSON
import PipelineLedger
import Posix
import Processes
import Terminal

/// The log of an attempt.
struct UnitLog {
    let attempt: PastAttempt

    /// The log's lines, some at a time: a log may be larger than memory. None for an attempt that printed nothing, whose
    /// log is not kept.
    func forEachLines(_ body: ([String]) -> Void) throws {
        var splitter = LineSplitter()
        try forEachPart { body(splitter.add($0)) }
        if let last = splitter.finish() { body([last]) }
    }

    /// The log's bytes, some at a time.
    func forEachPart(_ body: ([UInt8]) throws -> Void) throws {
        guard let path = attempt.log, try FileSystem.status(path) != nil else { return }
        var offset: Int64 = 0
        while true {
            let bytes = try FileSystem.read(path, from: offset)
            if bytes.isEmpty { return }
            offset += Int64(bytes.count)
            try body(bytes)
        }
    }

    /// The last part of the log, for documents.
    func tail() throws -> String {
        guard let path = attempt.log, try FileSystem.status(path) != nil else { return "" }
        return String(decoding: try FileSystem.readTail(path, limit: Self.longest), as: UTF8.self)
    }

    /// Bytes of a log that a document holds.
    static let longest = 1 << 20

    /// Bytes; nil where there is none, or its size could not be read.
    var size: Int64? {
        attempt.log.flatMap { (try? FileSystem.status($0))?.flatMap(\.size) }  // try?: only shown
    }
}

/// Logs for people and programs.
enum LogsText {
    static func title(_ log: UnitLog, _ style: Style) -> String {
        let attempt = log.attempt
        let message = (attempt.message ?? "").prefix { !$0.isNewline }
        return style.bold("==> \(Format.escaped(attempt.unit))")
            + "  run \(attempt.run), \(attempt.outcome.rawValue)"
            + (message.isEmpty ? "" : ": \(Format.escaped(String(message)))")
    }

    static func lines(_ text: String, escapes: Bool) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return Self.lines(lines, escapes: escapes)
    }

    /// - Parameter escapes: whether control characters are made visible; tabs stay.
    static func lines(_ lines: [String], escapes: Bool) -> [String] {
        lines.map { line in
            guard escapes else { return line }
            return line.split(separator: "\t", omittingEmptySubsequences: false)
                .map { Format.escaped(String($0)) }.joined(separator: "\t")
        }
    }

    static func list(_ logs: [UnitLog], style: Style, width: Int?) -> [String] {
        guard !logs.isEmpty else { return [] }
        var table = Table([
            .init("RUN", .right), .init("OUTCOME"), .init("SIZE", .right), .init("UNIT"),
            .init("LOG"),
        ])
        for log in logs {
            let size = log.size
            table.add([
                String(log.attempt.run), log.attempt.outcome.rawValue,
                size.map(Format.bytes) ?? "", Format.escaped(log.attempt.unit),
                size == nil ? style.dim("printed nothing") : Format.escaped(log.attempt.log ?? ""),
            ])
        }
        return table.render(width: width, style: style)
    }

    static func document(_ logs: [UnitLog], withText: Bool) -> String {
        JSONValue.object([
            "logs": .array(
                logs.map { log in
                    var members = AttemptJSON.members(log.attempt)
                    members["bytes"] = .int(log.size)
                    if withText {
                        members["text"] = .string(try? log.tail())  // try?: null: unreadable
                        members["is_cut"] = .bool((log.size ?? 0) > Int64(UnitLog.longest))
                    }
                    return .object(members)
                })
        ]).text
    }
}
