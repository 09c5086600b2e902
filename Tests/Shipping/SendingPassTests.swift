import Digests
import FoundationEssentials
import PipelineLedger
import PipelinePlanning
import Posix
import Testing

@testable import PipelineShipping

/// Which results are still to be sent to an archive while units run.
struct SendingPassTests {
    private let scratch: String
    private let writer: LedgerWriter
    private let reader: LedgerReader
    private let run: Int64

    init() throws {
        scratch =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-sending-\(UUID().uuidString)"
        try FileSystem.createDirectories(scratch)
        writer = try LedgerWriter(path: "\(scratch)/ledger.sqlite")
        reader = try LedgerReader(path: "\(scratch)/ledger.sqlite")
        run = try writer.beginRun(
            RunStart(
                command: "run", started: .now(), host: "h", bootID: "b", pid: 1, pidStart: 1,
                user: "u", commit: nil, toolVersion: "0"))
    }

    private func start(_ units: String...) throws {
        _ = try writer.startAttempts(
            units.map { AttemptStart(unit: $0, stage: "compile", reasons: [.forced], log: nil) },
            run: run, at: .now())
    }

    private func end(_ attempt: Int64, _ unit: String) throws {
        let content = Artifact(kind: .file, name: unit, digest: Digest.of(unit), size: 1)
        try writer.endAttempts([
            AttemptEnd(
                attempt: attempt, unit: unit,
                outcome: .success(
                    AttemptEnd.Success(
                        wasRestored: false, recipe: .empty, code: .empty, inputs: .empty,
                        reads: .empty, artifacts: [content], files: [:], result: nil, metrics: nil,
                        origin: nil)),
                ended: .now(), durationMs: 1)
        ])
    }

    private func pass(_ after: Int64, _ open: Set<Int64>, limit: Int = 10) throws -> SendingPass {
        try SendingPass(after, open, reader, "archive", limit: limit)
    }

    @Test("a unit that ends after some that began later is sent all the same")
    func late() throws {
        defer { try? FileSystem.removeTree(scratch) }
        try start("slow", "b", "c", "failing")
        try end(2, "b")
        try end(3, "c")
        let first = try pass(0, [])
        #expect(first.found.map(\.attempt) == [2, 3] && first.isAll)
        let (after, open) = first.next(after: [2, 3])
        #expect(after == 4 && open == [1, 4])
        #expect(try pass(after, open).found.isEmpty)

        try end(1, "slow")
        try writer.endAttempts([
            AttemptEnd(
                attempt: 4, unit: "failing", outcome: .failed(message: "no"), ended: .now(),
                durationMs: 1)
        ])
        let second = try pass(after, open)
        #expect(second.found.map(\.attempt) == [1])
        #expect(second.next(after: [1]) == (4, []))
        // One that there was no room for is found again.
        #expect(second.next(after: []) == (4, [1]))
    }

    @Test("what there was no room for is found by the next pass")
    func limited() throws {
        defer { try? FileSystem.removeTree(scratch) }
        try start("slow", "b", "c")
        try end(2, "b")
        try end(3, "c")
        let first = try pass(0, [], limit: 1)
        #expect(first.found.map(\.attempt) == [2] && !first.isAll)
        let (after, open) = first.next(after: [2])
        #expect(after == 2 && open == [1])
        #expect(try pass(after, open).found.map(\.attempt) == [3])
        // A segment that was full before its last.
        #expect(try pass(0, []).next(after: [2]) == (2, [1]))
    }
}
