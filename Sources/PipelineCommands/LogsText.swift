import PipelineLedger
import Posix
import Terminal

/// The log of an attempt.
struct UnitLog {
    let attempt: PastAttempt

    /// Empty for an attempt that printed nothing: its log is not kept.
    func text() throws -> String {
        guard let path = attempt.log, try FileSystem.status(path) != nil else { return "" }
        return String(decoding: try FileSystem.read(path), as: UTF8.self)
    }

    /// Bytes; nil where there is none, or its size could not be read.
    var size: Int64? {
        // try?: shown beside the log, which nothing is decided by.
        attempt.log.flatMap { (try? FileSystem.status($0))?.flatMap(\.size) }
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

    /// - Parameter escapes: whether control characters are made visible; tabs stay.
    static func lines(_ text: String, escapes: Bool) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { line in
            guard escapes else { return String(line) }
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
                    // try?: null says that the log could not be read; an empty text says that it is empty.
                    if withText { members["text"] = .string(try? log.text()) }
                    return .object(members)
                })
        ]).text
    }
}
