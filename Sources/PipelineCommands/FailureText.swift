import PipelineEngine
import Posix
import Terminal

/// What failed, with the ends of the logs, and what to do.
enum FailureText {
    static func lines(_ failures: [UnitEnd], limit: Int = 10) -> [String] {
        var lines = ["", "\(failures.count) failed:"]
        for failure in failures.prefix(limit) {
            guard case .failed(let message, let log) = failure.outcome else { continue }
            lines.append("  \(Format.escaped(failure.unit)): \(Format.escaped(message))")
            guard let log, let tail = try? FileSystem.readTail(log, limit: 2000), !tail.isEmpty
            else { continue }
            let text = String(decoding: tail, as: UTF8.self)
            lines += text.split(separator: "\n").suffix(8).map {
                "    │ " + Format.escaped(String($0))
            }
            lines.append("    whole log: \(Format.escaped(log))")
        }
        if failures.count > limit { lines.append("  … and \(failures.count - limit) more") }
        lines.append("what was done is kept: mend the cause and give the same command again")
        return lines
    }
}
