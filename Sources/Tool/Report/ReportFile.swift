import Failures
import Posix
import Reports

/// The file that a report becomes.
enum ReportFile {
    /// Replaces an older report as a whole, and nothing else.
    ///
    /// - Throws: `NoReport`, `PosixError`.
    static func write(_ page: ReportPage, to path: String) throws {
        if let status = try FileSystem.status(path) {
            let mark = Array(ReportPage.beginning.utf8)
            let isReport =
                try status.kind == .file && FileSystem.readHead(path, limit: mark.count) == mark
            guard isReport else { throw NoReport(path: path) }
        }
        try FileSystem.writeAtomically(page.html.utf8, to: path)
    }
}

/// What is there is something else, and stays.
struct NoReport: Explained {
    let path: String

    var description: String { failure.text }

    var failure: Failure {
        Failure(
            "report-over-other-file",
            "\"\(path)\" is there and is no report, so it was not replaced",
            next: "name another file with --output, or remove it")
    }
}
