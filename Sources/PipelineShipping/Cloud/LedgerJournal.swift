import AWS
import PipelineEngine
import PipelineLedger
import Posix

/// Intents and their outcomes in the ledger.
struct LedgerJournal: RemoteJournal {
    let session: RunSession
    let environment: String

    func will(_ kind: String, _ subject: String, detail: String?) throws -> Int64 {
        try session.writer.beginIntent(
            environment: environment, kind: kind, subject: subject, detail: detail,
            run: session.run, at: Timestamp.now())
    }

    func did(_ intent: Int64) throws {
        try session.writer.endIntent(intent, outcome: "done", message: nil, at: Timestamp.now())
    }

    func failed(_ intent: Int64, message: String, isKnown: Bool) throws {
        try session.writer.endIntent(
            intent, outcome: isKnown ? "failed" : "unknown", message: message,
            at: Timestamp.now())
    }
}
