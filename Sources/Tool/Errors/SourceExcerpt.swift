import Failures
import Posix
import Terminal
import Texts

/// The line of a file that a person wrote, with a mark below the place that is meant.
enum SourceExcerpt {
    /// Empty where the place is no file, or the file has changed so that it no longer has it.
    static func lines(at place: Failure.Place, width: Int = 100) -> [String] {
        guard case .file(let file, let line, let column) = place, line > 0, column > 0,
            let head = try? FileSystem.readHead(file, limit: limit)  // try?: only shown
        else { return [] }
        let all = String(decoding: head, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard line <= all.count else { return [] }
        let source = Array(hidden(String(all[line - 1])))
        guard column <= source.count, column <= width else { return [] }
        let number = String(line)
        let gap = String(repeating: " ", count: number.count)
        let shown = source.prefix(width).map { Format.visible(String($0)) }
        let indent = shown.prefix(column - 1).reduce(0) { $0 + DisplayWidth.of($1) }
        return [
            "\(number) │ \(shown.joined())",
            "\(gap) │ \(String(repeating: " ", count: indent))^",
        ]
    }

    /// What stands behind the scheme and the host of an address may be secret.
    private static func hidden(_ line: String) -> String {
        guard let start = line.firstRange(of: "://")?.upperBound, line.contains("webhook") else {
            return line
        }
        return line[..<start] + "…"
    }

    /// Definitions are short; what is longer is not read whole to show a line of it.
    private static let limit = 1 << 20
}
