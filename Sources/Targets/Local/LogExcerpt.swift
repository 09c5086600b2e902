import Texts

/// The lines of a site's log that tell why it failed: the last exception with the end of its traceback, and the last
/// lines. A server such as gunicorn writes several lines of its own after the exception that ended it.
package enum LogExcerpt {
    /// - Returns: at most about `most` lines, in their order; "…" stands for those between.
    package static func lines(_ log: [String], most: Int = 12) -> [String] {
        let log = log.filter { $0.contains { !$0.isWhitespace } }
        guard log.count > most else { return log }
        let tail = 3
        guard let end = log.lastIndex(where: namesError), end < log.count - tail else {
            return Array(log.suffix(most))
        }
        let room = most - tail
        var start = max(0, end - room + 1)
        // Not beyond the beginning of this traceback.
        if let head = log[start...end].lastIndex(where: { $0.hasPrefix("Traceback (") }) {
            start = head
        }
        let gap = end + 1 < log.count - tail ? ["…"] : []
        return Array(log[start...end]) + gap + Array(log.suffix(tail))
    }

    /// Whether a line is the one that names an exception: `RuntimeError: …`, `panic: …`, `Caused by: …`.
    static func namesError(_ line: String) -> Bool {
        // Rust: thread 'main' panicked at …
        if line.contains("panicked at") { return true }
        for word in [
            "panic:", "fatal:", "FATAL", "Error:", "error:", "Caused by:", "Exception in",
            "Error in ",
        ]
        where line.hasPrefix(word) && !line.hasPrefix("Exception in worker") {
            return true
        }
        let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        let rest = line[name.endIndex...]
        guard rest.isEmpty || rest.hasPrefix(":") else { return false }
        return ["Error", "Exception", "Exit", "Interrupt", "Failure"].contains {
            name.hasSuffix($0)
        }
    }
}
