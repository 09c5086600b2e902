import Failures
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix
import Processes
import Slots

/// What an environment's file says under `reload`, done once a release runs: caches of earlier data dropped,
/// and the site asked to read its data again.
///
/// An intent is written down before the release is made to run, and ended when all of it was done. So a run
/// that is killed anywhere between leaves it open, and the next one does it.
struct Reload {
    static let kind = "reload"
    let context: RunContext
    let place: ReloadConfig

    private var session: RunSession { context.session }

    /// nil where there is nothing to do.
    init?(_ context: RunContext) {
        guard let place = context.environment.reload else { return nil }
        self.context = context
        self.place = place
    }

    /// - Returns: what to give to `run` when the release runs.
    func intend(_ release: ReleaseRecord) throws -> Int64 {
        try session.writer.beginIntent(
            environment: context.environment.name, kind: Self.kind,
            subject: "release \(release.number)", detail: nil, run: session.run,
            at: Timestamp.now())
    }

    /// - Parameter address: where the site answers; nil where nobody can ask it.
    func run(_ intent: Int64, _ release: ReleaseRecord, at address: String?) throws {
        do {
            for folder in place.drop { try drop(folder) }
            if let request = place.request {
                try ReloadCall(
                    place: place, request: request, address: address,
                    cancel: session.cancellation, note: { session.emit(.note($0)) }
                ).run()
            }
            try session.writer.endIntent(
                intent, outcome: "done", message: nil, at: Timestamp.now())
        } catch {
            try session.writer.endIntent(
                intent, outcome: "failed", message: "\(error)", at: Timestamp.now())
            throw ShippingError.reloadFailed(release: release.number, Failure(of: error))
        }
    }

    /// Deletes what a folder beside the slots holds; the folder stays, so that the one who fills it finds it.
    private func drop(_ folder: String) throws {
        try context.openRoute()
        let data = RemoteData(context)
        guard
            let tree = try data.tree(
                try .init(folder), isInterrupted: { session.cancellation.isCancelled })
        else { return }
        var inside = tree
        inside.folders.removeAll { $0.text == folder }
        try data.remove(inside, isInterrupted: { session.cancellation.isCancelled })
        session.emit(.note("\(folder): \(inside.files.count) files dropped"))
        try context.cloud?.closeRoute()
    }
}

extension ShippingContext {
    /// Why the live release is not all that it should be though it answers; nil where it is.
    func missedReload() throws -> String? {
        guard environment.reload != nil,
            let last = try ledger?.lastIntent(environment: environment.name, kind: Reload.kind),
            last.outcome != "done"
        else { return nil }
        return "the reload of \(last.subject) did not end well"
            + (last.message.map { ": \($0)" } ?? "")
    }
}
