import Arguments
import Digests
import Failures
import PipelineEngine
import PipelineLedger
import PipelinePlanning
import PipelineShipping

/// `why --back`, `--forward` and `--release`: where things come from, and what is made of them.
struct WhyOrigins {
    private let invocation: Invocation
    private let project: Project
    private let ledger: LedgerReader?
    /// Where names of files were typed, absolute.
    private let folder: String

    init(
        _ invocation: Invocation, _ project: Project, ledger: LedgerReader?, from folder: String
    ) {
        self.invocation = invocation
        self.project = project
        self.ledger = ledger
        self.folder = folder
    }

    private var limit: Int { invocation.arguments.flag("all") ? .max : 10 }
    private var contents: ReleaseContents { ReleaseContents(project) }

    private func paths(_ typed: String) -> [String] {
        ProjectPath.candidates(typed, from: folder, root: project.root)
    }

    private func recorded() throws -> LedgerReader {
        guard let ledger else { throw LedgerError.missing(path: Project.ledgerPath) }
        return ledger
    }

    func release(_ number: Int64) throws -> ExitCode {
        let report = try WhyRelease(
            number, environment: invocation.arguments.value("environment"), contents: contents,
            ledger: try recorded())
        WhyCommand.show(
            WhyOriginJSON.release(report),
            WhyReleaseText.lines(
                report, nowMs: RecordedTime.now, style: invocation.style, limit: limit),
            invocation)
        return .done
    }

    func back(_ typed: String, release: Int64) throws -> ExitCode {
        let ledger = try recorded()
        return show(
            try Provenance(
                paths(typed), typed: typed, release: release,
                environment: invocation.arguments.value("environment"), contents: contents,
                ledger: ledger, facts: FileFacts(recorded: try ledger.fileDigests())))
    }

    /// - Throws: `NothingMade`.
    func back(_ typed: String, _ subject: WhySubject, _ survey: Survey) throws -> ExitCode {
        let ledger = try recorded()
        let name: String
        switch subject {
        case .unit(let index): name = survey.graph.units[index].name
        case .past(let unit): name = unit
        case .group, .step: throw NothingMade(typed: typed)
        }
        guard let success = survey.memory[name]?.success,
            let maker = try ledger.made(attempt: success.attempt)
        else { throw NothingMade(typed: name) }
        let paths = paths(typed)
        let output = success.outputs.first { paths.contains($0.path) }
        return show(
            try ProvenanceSearch(ledger).report(
                output?.path ?? name, digest: output?.digest, size: output?.size, release: nil,
                maker: maker, facts: survey.facts))
    }

    private func show(_ report: Provenance) -> ExitCode {
        WhyCommand.show(
            WhyOriginJSON.back(report),
            ProvenanceText.lines(
                report, nowMs: RecordedTime.now, style: invocation.style, limit: limit),
            invocation)
        return .done
    }

    func forward(_ typed: String, _ survey: Survey) throws -> ExitCode {
        let report = try forwardReport(typed, survey)
        WhyCommand.show(
            WhyOriginJSON.forward(report),
            DependentsText.lines(report, style: invocation.style, limit: limit), invocation)
        return .done
    }

    /// Whether a file of this name has to do with anything that was made.
    func isKnown(_ typed: String, _ survey: Survey) throws -> Bool {
        guard !paths(typed).isEmpty else { return false }
        return try !forwardReport(typed, survey).isEmpty
    }

    /// What the typed path means: the file that is there or that something depends on.
    private func forwardReport(_ typed: String, _ survey: Survey) throws -> Dependents {
        var first: Dependents?
        for path in paths(typed) {
            let report = try Dependents(path, survey: survey, ledger: ledger, contents: contents)
            if !report.isEmpty { return report }
            if first == nil { first = report }
        }
        guard let first else {
            throw UnknownName(
                typed, kinds: "file of the project", known: [],
                advice: "name it from here or from the project's folder")
        }
        if first.digest == nil {
            throw UnknownName(
                typed, kinds: "file of the project",
                known: survey.graph.units.flatMap { $0.inputs + $0.outputs + $0.declaredCode },
                advice: "name it from here or from the project's folder")
        }
        return first
    }
}

/// There is no single thing whose making is on record.
struct NothingMade: Explained, Hashable {
    let typed: String

    var description: String { failure.text }

    var failure: Failure {
        Failure(
            "no-making-recorded", "no making of \"\(typed)\" is on record",
            cause: "--back goes from one unit that has run, or from a file that it made",
            next: "see which have run", run: "pipeline logs --list")
    }
}
