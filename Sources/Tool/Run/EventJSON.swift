import Failures
import JSON
import PipelineEngine
import PipelineModel

/// Events as JSON, one object a line, for programs. `docs/reference/commands.md` has the table.
enum EventJSON {
    static func line(_ event: RunEvent) -> String? {
        switch event {
        case .note(let text): object("note", [("text", string(text))])
        case .stageStarted(let stage, let units):
            object("stage-started", [("stage", string(stage)), ("units", String(units))])
        case .expected(let stage, let seconds, let atMost):
            object(
                "expected",
                [
                    ("stage", string(stage)), ("seconds", String(Int64(seconds.rounded()))),
                    ("at_most", String(Int64(atMost.rounded()))),
                ])
        case .unitStarted(let unit, let stage):
            object("unit-started", [("unit", string(unit)), ("stage", string(stage))])
        case .progress(let stage, let text):
            object("progress", [("stage", string(stage)), ("text", string(text))])
        case .transfer(let stage, let progress): transfer(stage, progress)
        case .unitEnded(let end): unitEnded(end)
        case .archive(let event): archive(event)
        case .output(let stage, let line):
            object("output", [("stage", string(stage)), ("line", string(line))])
        case .stageEnded(let summary): stageEnded(summary)
        case .tick: nil
        }
    }

    private static func transfer(_ stage: String, _ progress: TransferProgress) -> String {
        object(
            "transfer",
            [
                ("stage", string(stage)), ("phase", string(progress.phase.rawValue)),
                ("files_done", String(progress.filesDone)),
                ("files_total", String(progress.filesTotal)),
                ("bytes_done", String(progress.bytesDone)),
                ("bytes_total", String(progress.bytesTotal)),
                ("path", progress.path.map(string) ?? "null"),
            ])
    }

    private static func archive(_ event: ArchiveEvent) -> String {
        switch event {
        case .fetching(let bytes, let total):
            object("fetching", [("bytes_done", String(bytes)), ("bytes_total", String(total))])
        case .fetched(let files, let bytes):
            object("fetched", [("files", String(files)), ("bytes", String(bytes))])
        case .sending: object("sending-results", [])
        case .sent(let results, let bytes):
            object("sent-results", [("results", String(results)), ("bytes", String(bytes))])
        }
    }

    private static func unitEnded(_ end: UnitEnd) -> String {
        var members = [
            ("unit", string(end.unit)), ("stage", string(end.stage)),
            ("milliseconds", String(end.milliseconds)),
            ("reasons", JSONText.array(end.reasons.map(string))),
        ]
        switch end.outcome {
        case .ran: members.append(("outcome", string("ran")))
        case .restored: members.append(("outcome", string("restored")))
        case .fetched(let author):
            members += [("outcome", string("fetched")), ("by", string(author))]
        case .unchanged: members.append(("outcome", string("unchanged")))
        case .interrupted: members.append(("outcome", string("interrupted")))
        case .blocked(let by):
            members += [("outcome", string("blocked")), ("by", string(by))]
        case .failed(let message, let log):
            members += [("outcome", string("failed")), ("message", string(message))]
            members.append(("log", log.map(string) ?? "null"))
        }
        if let failure = end.failure {
            members += [
                ("error", string(failure.code)), ("next", failure.advice.map(string) ?? "null"),
            ]
        }
        return object("unit-ended", members)
    }

    private static func stageEnded(_ summary: StageSummary) -> String {
        object(
            "stage-ended",
            [
                ("stage", string(summary.stage)), ("ok", summary.succeeded ? "true" : "false"),
                ("ran", String(summary.ran)), ("restored", String(summary.restored)),
                ("fetched", String(summary.fetched)),
                ("unchanged", String(summary.unchanged)),
                ("up_to_date", String(summary.upToDate)),
                ("failed", String(summary.failures.count)), ("blocked", String(summary.blocked)),
                ("interrupted", String(summary.interrupted)),
                ("hashed_files", String(summary.hashedFiles)),
                ("milliseconds", String(summary.milliseconds)),
                ("result", summary.result.map(string) ?? "null"),
                ("sent", summary.transfer.map(sent) ?? "null"),
            ])
    }

    private static func sent(_ transfer: TransferSummary) -> String {
        JSONText.object([
            (key: "files", value: String(transfer.files)),
            (key: "bytes", value: String(transfer.bytes)),
            (key: "linked", value: String(transfer.linked)),
            (key: "copied", value: String(transfer.copied)),
            (key: "milliseconds", value: String(Int64(transfer.seconds * 1000))),
        ])
    }

    private static func object(_ event: String, _ members: [(String, String)]) -> String {
        JSONText.object(
            [(key: "event", value: string(event))] + members.map { (key: $0.0, value: $0.1) })
    }

    private static func string(_ text: String) -> String { JSONText.quoted(text) }
}
