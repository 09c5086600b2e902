import Posix
import Synchronization
import Testing

/// The example runs of `docs/errors.md`: what the built program printed when they were last generated.
///
/// `scripts/docs` generates them: with `PIPELINE_WRITE_REFERENCE=1` each case writes its own example.
enum ErrorExamples {
    static let isGenerating = Environment.value("PIPELINE_WRITE_REFERENCE") == "1"

    private static let path: String = {
        let root = #filePath.dropLast("/Tests/Program/Errors/ErrorExamples.swift".count)
        return "\(root)/docs/errors.md"
    }()
    private static let lock = Mutex(())
    private static let heading = "### "

    /// For each code its example: the command after a dollar sign, then what it printed.
    static func all() throws -> [String: [String]] {
        var examples: [String: [String]] = [:]
        var code = ""
        var example: [String]?
        for line in try lines() {
            if let lines = example {
                if line == "```" {
                    examples[code] = examples[code] ?? lines
                    example = nil
                } else {
                    example = lines + [line]
                }
            } else if line.hasPrefix(heading) {
                code = String(line.dropFirst(heading.count))
            } else if line == "```text", !code.isEmpty {
                example = []
            }
        }
        return examples
    }

    static func of(_ code: String) throws -> [String] {
        try #require(try all()[code], "docs/errors.md has no entry \"\(code)\": run scripts/docs")
    }

    /// Writes the example of one code; a new code gets an entry at the end, to be moved and explained.
    static func write(_ code: String, command: String, _ printed: [String]) throws {
        try lock.withLock { _ in
            let page = try lines()
            let block = ["```text", "$ " + command] + printed + ["```"]
            guard let entry = page.firstIndex(of: heading + code) else {
                let added = page.dropLast() + ["", heading + code, ""] + block + [""]
                return try write(Array(added))
            }
            let start = try #require(page[entry...].firstIndex(of: "```text"), "\(code)")
            let end = try #require(page[start...].firstIndex(of: "```"), "\(code)")
            try write(Array(page[..<start]) + block + Array(page[(end + 1)...]))
        }
    }

    private static func lines() throws -> [String] {
        try FileSystem.readText(path)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func write(_ lines: [String]) throws {
        try FileSystem.writeAtomically(Array(lines.joined(separator: "\n").utf8), to: path)
    }
}
