import Arguments
import Failures
import PipelineEngine
import PipelineModel
import PipelineShipping
import Processes
import Slots

/// The data folder that a `pipeline data` command means, and the path in it.
struct DataCommandContext {
    let project: Project
    let environment: EnvironmentDefinition
    let data: RemoteData

    static let environmentOption = OptionSpec.value(
        "environment", short: "e", "NAME", help: "the environment whose data folder is meant",
        completion: .dynamic(CompletionKind.environment))

    /// Does something in the data folder. It is a run, on record, where it changes something, and where the
    /// way there is made for it and costs.
    static func work(
        _ invocation: Invocation, isChange: Bool, interrupts: Interrupts? = nil,
        _ body: (DataCommandContext, Cancellation) throws -> ExitCode
    ) throws -> ExitCode {
        let project = try invocation.project()
        let environment = try project.environment(invocation.arguments.value("environment"))
        guard isChange || RemoteAudit.needsRun(environment) else {
            // Before any thread is started: they must not get the signals.
            let interrupts = try interrupts ?? Interrupts()
            let data = try RemoteData(
                project, environment, ledger: try invocation.ledger(),
                cancel: interrupts.cancellation)
            do {
                return try body(
                    DataCommandContext(project: project, environment: environment, data: data),
                    interrupts.cancellation)
            } catch {
                if let code = interrupts.exitCode { return code }
                throw error
            }
        }
        var code = ExitCode.done
        let ended = try SessionRunner(invocation, project, interrupts).run { session in
            let data = try RemoteData(
                project, environment, session: session, options: invocation.leaseOptions)
            defer { data.close() }
            code = try body(
                DataCommandContext(project: project, environment: environment, data: data),
                session.cancellation)
            // A question was answered with no.
            if code == .usage { throw NotBegun(exit: code) }
            return []
        }
        return ended == .done ? code : ended
    }

    /// A path as it is typed: slashes at its ends do not matter, and none or `.` is the root.
    static func path(_ text: String?) throws -> RelativePath? {
        guard let text, text != ".", text != "./" else { return nil }
        var bytes = text.utf8[...]
        while bytes.last == UInt8(ascii: "/"), bytes.count > 1 { bytes = bytes.dropLast() }
        return try RelativePath(String(decoding: bytes, as: UTF8.self))
    }

    /// Why a change by hand at this path must not be; nil where it may. A slot that says it holds a
    /// release would lie afterwards.
    func objection(_ path: RelativePath?) throws -> Failure? {
        guard let touched = try data.slots(touchedBy: path).first else { return nil }
        if let live = touched.live {
            return Failure(
                "slot-live", "release \(live) runs from slot \(touched.slot)",
                cause: "a change there is seen at once, and no rollback undoes it",
                next: "`pipeline run sync` brings changes safely; if this is meant",
                run: .again(adding: "--force"))
        }
        return Failure(
            "slot-kept", "slot \(touched.slot) holds a release",
            cause: "it could not be rolled back to after a change by hand",
            next: "if this is meant", run: .again(adding: "--force"))
    }

    /// Nothing of that name is in the data folder.
    static func missing(_ path: RelativePath?) -> Failure {
        Failure(
            "no-such-remote-file", "there is no \"\(path?.text ?? ".")\" in the data folder",
            next: "see what is there", run: "pipeline data list")
    }

    /// The slots that are about to be changed no longer say that they hold a release.
    func invalidateMarker(_ path: RelativePath?) throws {
        for touched in try data.slots(touchedBy: path) { try data.invalidateMarker(touched.slot) }
    }
}
