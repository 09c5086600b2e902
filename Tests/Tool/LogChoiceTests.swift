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
            #expect(throws: NoRun(number: 9, typed: nil)) { try logs(nil, run: 9, ledger) }
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

    private static let ends: [(RunOutcome?, Bool, String, String)] = [
        (
            .done, false, "run 1 had nothing to do: no unit was started",
            "no unit failed in run 2"
        ),
        (
            .failed, false,
            "run 1 failed before it started any unit; to see its error, run it again: pipeline run x",
            "run 2 failed, but no unit did; to see its error, run it again: pipeline run x"
        ),
        (
            .interrupted, false,
            "run 1 was interrupted before it started any unit; to resume it: pipeline run x",
            "run 2 was interrupted; no unit had failed"
        ),
        (
            .crashed, false,
            "run 1 was killed before it started any unit; to resume it: pipeline run x",
            "run 2 was killed; no unit had failed"
        ),
        (
            nil, false, "run 1 was killed before it started any unit; to resume it: pipeline run x",
            "run 2 was killed; no unit had failed"
        ),
        (
            nil, true,
            "run 1 is still running and has started no unit yet; to see where it stands: pipeline status",
            "run 2 is still running; no unit has failed so far"
        ),
    ]

    /// A run that started no unit, and one in which none failed, each with its end.
    @Test(arguments: ends)
    func whereThereIsNoLogItTellsHowTheRunEnded(
        outcome: RunOutcome?, isAlive: Bool, empty: String, unfailed: String
    ) throws {
        let path =
            FileManager.default.temporaryDirectory.path + "/log-tests-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileSystem.remove(path + end) } }
        let writer = try LedgerWriter(path: path)
        func begin() throws -> Int64 {
            try writer.beginRun(
                RunStart(
                    command: "pipeline run x", started: Timestamp.now(), host: Host.name,
                    bootID: "boot", pid: 7, pidStart: 70, user: "ann", commit: nil,
                    toolVersion: "0"))
        }
        func end(_ run: Int64) throws {
            if let outcome { try writer.endRun(run, outcome, at: Timestamp.now()) }
        }
        try end(try begin())
        let run = try begin()
        let attempt = try writer.startAttempt(
            run: run, unit: "compile/a", stage: "compile", reasons: [], log: "a.log",
            at: Timestamp.now())
        try writer.endAttempts([
            AttemptEnd(
                attempt: attempt, unit: "compile/a", outcome: .interrupted,
                ended: Timestamp.now(), durationMs: 1)
        ])
        try end(run)
        func emptiness(_ run: Int64) throws -> String {
            let reader = try LedgerReader(path: path)
            return try LogChoice(nil, run: run, failuresOnly: true, reader) { _ in isAlive }
                .emptiness
        }
        #expect(try emptiness(1) == empty)
        #expect(try emptiness(2) == unfailed + "; name a unit, or add --list")
    }
}
