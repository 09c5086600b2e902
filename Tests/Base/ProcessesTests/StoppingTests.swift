import Posix
import Processes
import Testing

/// Stopping a group. Each test waits for events of the processes, not for the clock.
@Suite struct StoppingTests {
    private func shell(_ script: String) -> ProcessCommand { ProcessCommand(["sh", "-c", script]) }

    @Test func stopsOnTimeout() throws {
        #expect(throws: ProcessError.timedOut(after: 0.05)) {
            try ProcessRunner.run(ProcessCommand(["sleep", "600"]), timeout: 0.05)
        }
    }

    @Test func killsAChildThatIgnoresTerminate() throws {
        var pid: Int32?
        let cancel = Cancellation()
        #expect(throws: ProcessError.interrupted) {
            try ProcessRunner.run(
                shell("trap '' TERM; echo $$; while :; do sleep 600; done"), grace: 0.05,
                cancel: cancel
            ) { _, line in
                pid = Int32(line)
                cancel.cancel()
            }
        }
        #expect(Host.processStart(try #require(pid)) == nil)
    }

    @Test func killsGrandchildrenThatIgnoreTerminate() throws {
        var pids: [Int32] = []
        let cancel = Cancellation()
        #expect(throws: ProcessError.interrupted) {
            try ProcessRunner.run(
                shell(
                    "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 600; done' & echo $$; wait"),
                grace: 0.05, cancel: cancel
            ) { _, line in
                pids += [Int32(line)].compactMap { $0 }
                if pids.count == 2 { cancel.cancel() }
            }
        }
        #expect(pids.count == 2)
        // The orphan is reaped by init, at some time.
        for pid in pids { #expect(!isRunning(pid)) }
    }

    @Test func letsAChildCleanUp() throws {
        var lines: [String] = []
        let cancel = Cancellation()
        #expect(throws: ProcessError.interrupted) {
            try ProcessRunner.run(
                shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done"),
                grace: 60, cancel: cancel
            ) { stream, line in
                // The shell tells of its "sleep" on the other stream.
                if stream == .standardOutput { lines.append(line) }
                cancel.cancel()
            }
        }
        #expect(lines == ["ready", "bye"])
    }

    @Test func stopsAStoppedChild() throws {
        let child = try ChildProcess(shell("kill -STOP $$; sleep 600"), standardOutput: .null)
        #expect(child.terminate(grace: 60) == .signalled(15))
    }

    @Test func aCancelledCommandDoesNotStart() {
        let cancel = Cancellation()
        cancel.cancel()
        #expect(cancel.isCancelled)
        #expect(throws: ProcessError.interrupted) {
            try ProcessRunner.run(ProcessCommand(["true"]), cancel: cancel)
        }
    }

    @Test func aCancellationWakesAllWhoWaitForItForGood() throws {
        let cancel = Cancellation()
        #expect(try Poll.wait([(cancel.descriptor, .readable)], timeoutMs: 0) == [])
        cancel.cancel()
        cancel.cancel()
        for _ in 0..<3 { #expect(try Poll.wait([(cancel.descriptor, .readable)]) == [0]) }
    }

    private func isRunning(_ pid: Int32) -> Bool {
        guard let stat = try? FileSystem.readText("/proc/\(pid)/stat") else { return false }
        return !stat.contains(") Z ")
    }
}
