import PipelineEngine
import PipelineLedger
import PipelinePlanning

/// Everything that a report shows, before it is JSON.
struct ReportContent {
    let project: String
    let madeMs: Int64
    let graph: ReportGraph
    /// The active run.
    let current: CurrentRun?
    /// How many runs the ledger has in all.
    let runCount: Int64
    /// Those that the report is about, newest first.
    let runs: [Run]
    /// Attempts for the line of time, run by run, newest run first.
    let spans: [Span]
    /// Rules whose units were attempted in these runs, what took most first.
    let families: [ReportFamily]
    /// Units that were attempted in these runs, by name.
    let units: [UnitSummary]
    /// How many more there are, which took less.
    let unitsLeftOut: Int
    let failures: [Failure]
    let environments: [Environment]

    struct Run {
        let record: RunRecord
        let summary: RunSummary?
        /// Attempts by kind of reason.
        let reasons: [String: Int]
        /// How many attempts are not among the spans.
        let spansLeftOut: Int
    }

    struct Failure {
        let attempt: PastAttempt
        /// How often the unit failed in these runs.
        let times: Int
        /// Whether nothing came after it.
        let isStanding: Bool
        let log: LogExcerpt?
    }

    struct Environment {
        /// Nil for one that is described no more.
        let kind: String?
        let report: ReleasesReport
        /// Of its newest releases, by number: what each changed.
        let changes: [Int64: ReleaseChange]
    }
}

/// Stages and rules with what reads what.
struct ReportGraph {
    let graph: FamilyGraph
    /// Names of stages in their order.
    let stages: [String]
    /// Kinds of stages, by name.
    let kinds: [String: String]
    /// Why rules are not shown; nil where they are.
    let problem: String?
}

/// The last lines of a log.
struct LogExcerpt {
    let text: String
    /// Whether more stands before them.
    let isCut: Bool
}
