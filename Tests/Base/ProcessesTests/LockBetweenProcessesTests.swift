import Posix
import Processes
import Testing

@Suite struct LockBetweenProcessesTests {
    @Test func anotherProcessHoldsTheLockUntilItEnds() throws {
        let path = FileSystem.temporaryPath(beside: "/tmp/lock")
        defer { try? FileSystem.remove(path) }
        // flock(1) takes the same kind of lock.
        let child = try ChildProcess(
            ProcessCommand(["flock", path, "sh", "-c", "echo held; read line"]),
            standardInput: .pipe, standardOutput: .pipe)
        _ = try Descriptors.read(try #require(child.standardOutput), upTo: 10)
        let refused = try FileLock.tryAcquire(path)
        expect(refused, isHeld: false)
        child.signal(9)
        _ = child.wait()
        let acquired = try FileLock.acquire(path, intervalMs: 1) { true }
        expect(acquired, isHeld: true)
        let busy = try ProcessRunner.run(ProcessCommand(["flock", "-n", path, "true"]))
        #expect(busy.exit == .exited(1))
    }

    @Test func aChildDoesNotInheritTheLock() throws {
        let path = FileSystem.temporaryPath(beside: "/tmp/lock")
        defer { try? FileSystem.remove(path) }
        var lock = try FileLock.tryAcquire(path)
        expect(lock, isHeld: true)
        let child = try ChildProcess(ProcessCommand(["cat"]), standardInput: .pipe)
        lock = nil
        let again = try FileLock.tryAcquire(path)
        expect(again, isHeld: true)
        child.closeStandardInput()
        #expect(child.wait() == .exited(0))
    }

    // The macro itself cannot look at what cannot be copied.
    private func expect(
        _ lock: borrowing FileLock?, isHeld: Bool, at location: SourceLocation = #_sourceLocation
    ) {
        let isThere = lock != nil
        #expect(isThere == isHeld, sourceLocation: location)
    }
}
