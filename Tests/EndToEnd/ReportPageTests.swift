import FoundationEssentials
import Posix
import Processes
import Testing

/// The report in a real browser: `Tests/browser/check_report.py` says what it looks at.
struct ReportPageTests {
    private static let python = Environment.value("PIPELINE_TEST_BROWSER_PYTHON")

    @Test(
        "the report of 1,000 units and 20 releases: for everybody, without a network, and live",
        .enabled(if: python != nil, "needs Chromium and its Python environment"))
    func report() throws {
        let repository = String(
            #filePath.dropLast("/Tests/EndToEnd/ReportPageTests.swift".count))
        let pictures = repository + "/artifacts/report"
        let output = try ProcessRunner.run(
            ProcessCommand([
                try #require(Self.python), repository + "/Tests/browser/check_report.py",
                SiteProject.tool, pictures,
            ]), timeout: 900)
        #expect(
            output.exit == .exited(0), "\(output.standardErrorText)\(output.standardOutputText)")
        print(output.standardOutputText)
    }
}
