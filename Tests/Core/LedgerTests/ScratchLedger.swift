import Digests
import FoundationEssentials
import PipelineLedger
import PipelinePlanning
import Posix
import SQLite

/// A ledger of one test's own, removed with the last reference to it.
final class ScratchLedger {
    let folder: String
    var path: String { folder + "/ledger.sqlite" }

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "ledger-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func writer() throws -> LedgerWriter { try LedgerWriter(path: path) }
    func reader() throws -> LedgerReader { try LedgerReader(path: path) }
}

/// A second of 1970, so that orders and times can be determined by eye.
func at(_ second: Int64) -> Timestamp { Timestamp(nanoseconds: second * 1_000_000_000) }

extension LedgerWriter {
    func beginRun(_ command: String = "pipeline run", second: Int64 = 1) throws -> Int64 {
        try beginRun(
            RunStart(
                command: command, started: at(second), host: "here", bootID: "boot", pid: 7,
                pidStart: 70, user: "ann", commit: nil, toolVersion: "0"))
    }

    /// An attempt that succeeds with one output.
    func succeed(
        run: Int64, unit: String, stage: String = "compile", reasons: [Reason] = [.neverRan],
        input: String = "one", inputs: ComponentSet? = nil, output: String = "made"
    ) throws -> Int64 {
        let attempt = try startAttempt(
            run: run, unit: unit, stage: stage, reasons: reasons, log: "logs/\(unit).log", at: at(2)
        )
        let success = AttemptEnd.Success(
            wasRestored: false, recipe: ComponentSet([.init("function", "f")]),
            code: ComponentSet([.init("code.py", Digest.of("code").hex)]),
            inputs: inputs ?? ComponentSet([.init("in.tsv", Digest.of(input).hex)]), reads: .empty,
            artifacts: [
                Artifact(kind: .file, name: "out/\(unit)", digest: Digest.of(output), size: 4)
            ], files: [:], result: nil)
        try endAttempts([
            AttemptEnd(
                attempt: attempt, unit: unit, outcome: .success(success), ended: at(3),
                durationMs: 1000)
        ])
        return attempt
    }

    func fail(run: Int64, unit: String, message: String) throws -> Int64 {
        let attempt = try startAttempt(
            run: run, unit: unit, stage: "compile", reasons: [], log: nil, at: at(4))
        try endAttempts([
            AttemptEnd(
                attempt: attempt, unit: unit, outcome: .failed(message: message), ended: at(5),
                durationMs: 10)
        ])
        return attempt
    }

    func release(_ data: String, environment: String = "local", run: Int64) throws -> Int64 {
        try recordRelease(
            ReleaseContent(
                environment: environment, image: "host/site@sha256:\(Digest.of("image").hex)",
                code: nil, manifest: Digest.of(data), bundle: nil, settings: "{}"),
            commit: nil, run: run, at: at(1))
    }

    /// - Parameter second: when it began; it ended a second later.
    func deploy(
        _ release: Int64, kind: DeploymentKind = .deploy, run: Int64, second: Int64,
        failure: String? = nil
    ) throws {
        let id = try beginDeployment(
            environment: "local", release: release, kind: kind, replaces: nil, slot: "a", run: run,
            at: at(second))
        try endDeployment(id, failure: failure, at: at(second + 1))
    }
}

extension Database {
    /// The first column of each row.
    func texts(_ query: String) throws -> [String] {
        let statement = try prepare(query)
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0)) }
        return texts
    }
}
