import SiteRuntime
import Testing

/// Of a long log the lines that tell why a site failed.
struct LogExcerptTests {
    private static let traceback = [
        "Traceback (most recent call last):", "  File \"app.py\", line 3, in <module>",
        "    raise RuntimeError(\"database password missing\")",
        "RuntimeError: database password missing",
    ]

    @Test("a short log is shown whole")
    func short() {
        #expect(LogExcerpt.lines(Self.traceback + ["", "  "]) == Self.traceback)
    }

    @Test(
        "the exception is shown though the server says more after it",
        arguments: [
            "RuntimeError: database password missing", "KeyError: 'x'", "SystemExit: 3",
            "sqlalchemy.exc.OperationalError: (x) no such host", "panic: assignment to nil map",
            "Error: Cannot find module 'express'", "Caused by: java.net.ConnectException",
            "ModuleNotFoundError: No module named 'dash'", "KeyboardInterrupt",
        ])
    func exception(line: String) {
        let before = (1...50).map { "[INFO] line \($0)" }
        let after = (1...9).map { "[2026-01-01] [ERROR] Worker \($0) exited with code 3" }
        let found = LogExcerpt.lines(before + [line] + after)
        #expect(found.contains(line))
        #expect(found.count <= 13)
        #expect(found.last == after.last)
        #expect(found.contains("…"))
    }

    @Test("a traceback is shown from its head on")
    func head() {
        let log = (1...50).map { "line \($0)" } + Self.traceback + (1...9).map { "after \($0)" }
        #expect(
            LogExcerpt.lines(log) == Self.traceback + ["…", "after 7", "after 8", "after 9"])
    }

    @Test("without an exception the last lines are shown")
    func none() {
        let log = (1...50).map { "line \($0)" }
        #expect(LogExcerpt.lines(log) == Array(log.suffix(12)))
    }
}
