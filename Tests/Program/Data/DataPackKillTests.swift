import Posix
import Processes
import Testing

/// `pipeline data pack`, ended in the middle of it.
@Suite struct DataPackKillTests {
    private let scratch: DataScratch

    init() throws {
        scratch = try DataScratch()
        try scratch.write("tree/a", "hello\n")
    }

    @Test func killedItLeavesTheOldPackAndTheSameAgainFinishes() throws {
        #expect(try scratch.data("pack", "tree", "-o", "p.sqfs").exit == .exited(0))
        let old = try FileSystem.read(scratch.path("p.sqfs"))
        try scratch.write("tree/big", String(repeating: "0123456789abcdef", count: 4_000_000))
        let started = try ChildProcess(
            ProcessCommand(
                [UnitProject.tool, "data", "pack", "tree", "-o", "p.sqfs"],
                directory: scratch.root), standardOutput: .null, standardError: .null)
        let aside = try #require(try wait { try asides().first })
        _ = try #require(
            try wait { try FileSystem.status(scratch.path(aside))?.size ?? 0 > 0 ? 1 : nil })
        started.signal(9)
        #expect(started.wait() == .signalled(9))
        #expect(try FileSystem.read(scratch.path("p.sqfs")) == old)
        #expect(try scratch.data("pack", "tree", "-o", "p.sqfs").exit == .exited(0))
        let verified = try scratch.data("pack", "--verify", "p.sqfs", "--against", "tree")
        #expect(verified.exit == .exited(0))
        #expect(try asides() == [])
    }

    @Test func interruptedItLeavesNothing() throws {
        try scratch.write("tree/big", String(repeating: "0123456789abcdef", count: 4_000_000))
        let started = try ChildProcess(
            ProcessCommand(
                [UnitProject.tool, "data", "pack", "tree"], directory: scratch.root),
            standardOutput: .null, standardError: .null)
        let aside = try #require(try wait { try asides().first })
        _ = try #require(
            try wait { try FileSystem.status(scratch.path(aside))?.size ?? 0 > 0 ? 1 : nil })
        started.signal(15)
        #expect(started.wait() == .exited(143))
        #expect(try scratch.names() == ["tree"])
    }

    private func asides() throws -> [String] {
        try scratch.names().filter { $0.hasPrefix(FileSystem.asidePrefix) }
    }

    /// Asks again and again until there is an answer; nil after half a minute.
    private func wait<Value>(_ ask: () throws -> Value?) throws -> Value? {
        let end = MonotonicClock.nanoseconds() + 30_000_000_000
        while MonotonicClock.nanoseconds() < end {
            if let value = try ask() { return value }
            _ = try Poll.wait([], timeoutMs: 1)
        }
        return nil
    }
}
