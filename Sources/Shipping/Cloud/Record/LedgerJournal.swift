import AWS
import DeployLocking
import DeployTargets
import PipelineEngine
import PipelineLedger
import PipelineModel
import Posix

/// Intents and their outcomes in the ledger, each under the operators' lease where one is held.
struct LedgerJournal: RemoteJournal {
    let session: RunSession
    let environment: String
    let cloud: Cloud?

    /// Kinds of intents that have services run a version.
    private static let updates = Set(Registry.targets.compactMap { $0.service?.updateIntent })

    init(_ context: ShippingContext, _ session: RunSession) {
        self.session = session
        environment = context.environment.name
        cloud = context.cloud
    }

    func will(_ kind: String, _ subject: String, detail: String?) throws -> Int64 {
        let intent = try session.writer.beginIntent(
            environment: environment, kind: kind, subject: subject, detail: detail,
            run: session.run, at: Timestamp.now())
        if Self.updates.contains(kind) { cloud?.hasToldToRun = true }
        return intent
    }

    func did(_ intent: Int64) throws {
        try session.writer.endIntent(intent, outcome: "done", message: nil, at: Timestamp.now())
    }

    func failed(_ intent: Int64, message: String, isKnown: Bool) throws {
        try session.writer.endIntent(
            intent, outcome: isKnown ? "failed" : "unknown", message: message,
            at: Timestamp.now())
    }

    func confirm() throws { try cloud?.lease?.confirm() }
}
