import Posix
import Terminal

/// What programs printed, so that it can do nothing to the terminal that shows it.
enum LogTail {
    /// The last lines of a log, and nothing where there is none.
    static func lines(of log: String, limit: Int = 8) -> [String] {
        let tail = try? FileSystem.readTail(log, limit: 4000)  // try?: the error has its path too
        guard let tail else { return [] }
        return shown(String(decoding: tail, as: UTF8.self)).suffix(limit)
    }

    /// Each line as it would have ended up on a terminal: a bar of progress, drawn over itself, is shown as it was last.
    /// Colours and movements of the cursor are made visible instead of done; tabs stay.
    static func shown(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.split(separator: "\r").last.map { last in
                last.split(separator: "\t", omittingEmptySubsequences: false)
                    .map { Format.visible(String($0)) }.joined(separator: "\t")
            }
        }
    }
}
