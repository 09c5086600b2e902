import Arguments
import Failures
import PipelineEngine
import PipelineLedger
import PipelineShipping
import Posix

/// Thrown by work that was not begun: a question was answered with no.
struct NotBegun: Error {
    let exit: ExitCode
}

/// Runs work under the project's lock and turns how it went into output and an exit code.
struct SessionRunner {
    private let invocation: Invocation
    private let project: Project
    private let interrupts: Interrupts

    /// Blocks signals first: threads that are started later must not get them.
    ///
    /// - Parameter interrupts: those that the command has already; a signal reaches one reader alone.
    init(_ invocation: Invocation, _ project: Project, _ interrupts: Interrupts? = nil) throws {
        self.interrupts = try interrupts ?? Interrupts()
        self.invocation = invocation
        self.project = project
    }

    /// - Parameter onlyReadsArchive: whether nothing is made, repaired or sent in the archive.
    func run(
        onlyReadsArchive: Bool = false, _ body: (RunSession) throws -> [StageSummary]
    ) throws -> ExitCode {
        let reporter = ProgressReporter(
            isJSON: invocation.isJSON, isVerbose: invocation.arguments.flag("verbose"))
        defer { reporter.finish() }
        let session = try RunSession(
            project, command: invocation.commandLine,
            waits: !invocation.arguments.flag("no-wait"), toolVersion: CommandLineTool.version,
            cancellation: interrupts.cancellation, emit: reporter.handle)
        // Everything is recorded as far as it is done, so ending here loses what is in flight alone.
        interrupts.onSecond { [root = project.root] code in
            Orphans.endAtOnce(root: root)
            Host.endProcess(code.rawValue)
        }
        let summaries: [StageSummary]
        do {
            summaries = try archived(session, onlyReadsArchive, body)
        } catch let refusal as NotBegun {
            reporter.finish()
            try session.refuse()
            return refusal.exit
        } catch {
            reporter.finish()
            let outcome = interrupts.exitCode == nil ? RunOutcome.failed : .interrupted
            if interrupts.exitCode == nil, Self.isRefusal(error) {
                try session.refuse()
            } else {
                try session.end(outcome)
            }
            notice(session).send(outcome, [])
            if let code = interrupts.exitCode { return code }
            throw error
        }
        reporter.finish()
        return try end(session, summaries)
    }

    /// The body, with the archive read before it and sent to beside it.
    private func archived(
        _ session: RunSession, _ onlyReads: Bool,
        _ body: (RunSession) throws -> [StageSummary]
    ) throws -> [StageSummary] {
        guard let archive = project.shared as? ProjectArchive else { return try body(session) }
        try archive.begin(session, onlyReads: onlyReads)
        defer {
            archive.sendReleases(session)
            archive.finish()
        }
        return try body(session)
    }

    private func end(_ session: RunSession, _ summaries: [StageSummary]) throws -> ExitCode {
        if let code = interrupts.exitCode {
            try session.end(.interrupted)
            notice(session).send(.interrupted, summaries)
            invocation.tell("interrupted; the same command resumes")
            return code
        }
        let failures = summaries.flatMap(\.failures)
        guard failures.isEmpty else {
            let isHeld = summaries.contains { summary in
                if case .isHeld = summary.pause { true } else { false }
            }
            if isHeld { try session.refuse() } else { try session.end(.failed) }
            notice(session).send(.failed, summaries)
            if !invocation.isJSON {
                let errors = invocation.errors
                (FailureText.lines(failures, errors.text)
                    + errors.more(failures.compactMap(\.failure?.code))).forEach(invocation.tell)
            }
            switch summaries.lazy.compactMap(\.pause).first {
            case .goesOn: return .unknown
            case .needsSignIn: return .signIn
            case .isHeld: return .locked
            case nil: return .failed
            }
        }
        try session.end(.done)
        notice(session).send(.done, summaries)
        if !invocation.isJSON, let address = summaries.last?.address { invocation.print(address) }
        return .done
    }

    /// Whether a command was refused before it began: it was used wrongly, or somebody else is at work. Such a command
    /// is no run.
    private static func isRefusal(_ error: any Error) -> Bool {
        switch CommandLineTool.exitCode(of: error) {
        case .usage, .locked: return true
        default: break
        }
        return [
            "no-such-release", "nothing-to-roll-back-to", "nothing-live", "not-here", "not-at-aws",
            "not-released", "lease-held",
        ].contains(Failure(of: error).code)
    }

    private func notice(_ session: RunSession) -> RunNotification {
        RunNotification(
            project: project,
            environment: try? project.environment(  // try?: the run has reported it
                invocation.arguments.value("environment")),
            run: session.run, command: invocation.commandLine,
            tell: invocation.tell)
    }
}
