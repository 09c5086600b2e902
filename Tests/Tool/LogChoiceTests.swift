import FoundationEssentials
import PipelineLedger
import PipelinePlanning
import Posix
import Testing

@testable import PipelineCommands

@Suite struct LogChoiceTests {
    /// Two runs: `compile/b` fails in the first; in the second it comes from the store, without a
    /// log, and `deploy` fails.
    private func withLedger(_ body: (LedgerReader) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "log-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/ledger.sqlite"
        let writer = try LedgerWriter(path: path)
        func begin() throws -> Int64 {
            try writer.beginRun(
                RunStart(
                    command: "pipeline run", started: Timestamp.now(), host: "here",
                    bootID: "boot", pid: 7, pidStart: 70, user: "ann", commit: nil,
                    toolVersion: "0"))
        }
        func attempt(_ run: Int64, _ unit: String, _ stage: String, log: String?, fails: Bool)
            throws
        {
            let id = try writer.startAttempt(
                run: run, unit: unit, stage: stage, reasons: [], log: log, at: Timestamp.now())
            let success = AttemptEnd.Success(
                wasRestored: log == nil, recipe: .empty, code: .empty, inputs: .empty,
                reads: .empty, artifacts: [], files: [:], result: nil)
            try writer.endAttempts([
                AttemptEnd(
                    attempt: id, unit: unit,
                    outcome: fails ? .failed(message: "no") : .success(success),
                    ended: Timestamp.now(), durationMs: 1)
            ])
        }
        let first = try begin()
        try attempt(first, "compile/a", "compile", log: "a.log", fails: false)
        try attempt(first, "compile/b", "compile", log: "b.log", fails: true)
        let second = try begin()
        try attempt(second, "compile/b", "compile", log: nil, fails: false)
        try attempt(second, "deploy/local", "deploy", log: "deploy.log", fails: true)
        try body(try LedgerReader(path: path))
    }

    private func logs(
        _ name: String?, run: Int64? = nil, failuresOnly: Bool = true, _ ledger: LedgerReader
    ) throws -> [String?] {
        try LogChoice(name, run: run, failuresOnly: failuresOnly, ledger).attempts.map(\.log)
    }

    @Test func withoutANameItIsWhatFailedInTheLastRun() throws {
        try withLedger { ledger throws in
            #expect(try logs(nil, ledger) == ["deploy.log"])
            #expect(try logs(nil, run: 1, ledger) == ["b.log"])
            #expect(try logs(nil, run: 1, failuresOnly: false, ledger) == ["a.log", "b.log"])
            #expect(
                try LogChoice(nil, run: 9, failuresOnly: true, ledger).emptiness
                    == "run 9 had nothing to do")
        }
    }

    @Test func ofAUnitItIsTheNewestLogThereIs() throws {
        try withLedger { ledger throws in
            #expect(try logs("compile/b", ledger) == ["b.log"])
            #expect(try logs("a", ledger) == ["a.log"])
            #expect(try logs("a", run: 2, ledger) == [])
        }
    }

    @Test func ofAStageItIsWhatFailedAndOfAStageOfOneUnitThatUnit() throws {
        try withLedger { ledger throws in
            #expect(try logs("compile", run: 1, ledger) == ["b.log"])
            #expect(try logs("deploy", ledger) == ["deploy.log"])
        }
    }

    @Test func anUnknownNameIsAnError() throws {
        try withLedger { ledger throws in
            let error = #expect(throws: UnknownName.self) { try logs("compile/bb", ledger) }
            #expect(error?.nearest == "compile/a" || error?.nearest == "compile/b")
        }
    }
}
