import Digests
import LocalHTTPServer
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Reports

/// A report that browsers of this machine see as it is now.
final class ReportServing {
    private let reader: ReportReader
    private var made: (version: Int64, document: String, tag: String)?
    /// The process of a run may end without a word in the ledger; so nothing is kept for long.
    private var keptUntil: Int64 = 0

    private static let keepingNs: Int64 = 5_000_000_000
    private static let source = "data.json"

    init(_ reader: ReportReader) {
        self.reader = reader
    }

    func answer(_ request: WebRequest) -> WebAnswer {
        do {
            switch request.path {
            case "/":
                let document = try current().document
                let page = ReportPage(
                    project: reader.project.definition.project, data: document,
                    source: Self.source)
                return WebAnswer(.ok, type: "text/html; charset=utf-8", body: page.html)
            case "/" + Self.source:
                let (document, tag) = try current()
                let type = "application/json"
                if request.known == tag {
                    return WebAnswer(.notModified, type: type, body: "", tag: tag)
                }
                return WebAnswer(.ok, type: type, body: document, tag: tag)
            default: return WebAnswer(.notFound, "there is only the report, at /")
            }
        } catch {
            return WebAnswer(.failed, "the report could not be made: \(error)")
        }
    }

    private func current() throws -> (document: String, tag: String) {
        let version = try reader.ledger()?.dataVersion() ?? 0
        let now = MonotonicClock.nanoseconds()
        if let made, made.version == version, now < keptUntil { return (made.document, made.tag) }
        let content = try reader.content()
        let document = ReportJSON.document(content)
        // The moment at which it was made is no change.
        let tag = "\"\(Digest.of(ReportJSON.document(content.made(at: 0))).short)\""
        made = (version, document, tag)
        keptUntil = now + Self.keepingNs
        return (document, tag)
    }
}

extension ReportContent {
    fileprivate func made(at time: Int64) -> ReportContent {
        ReportContent(
            project: project, madeMs: time, graph: graph, current: current, runCount: runCount,
            runs: runs, spans: spans, families: families, units: units, unitsLeftOut: unitsLeftOut,
            failures: failures,
            environments: environments)
    }
}
