import Glibc
import Posix

/// The steps in which a process group is stopped: TERM, a time of grace, KILL.
///
/// Given as something to ask again and again, so that a loop can go on with the pipes meanwhile.
struct Termination {
    private let child: ChildProcess
    private let end: Int64
    private var isKilled = false

    // A killed process that hangs in the kernel, as on a dead network disk, is not waited for without end.
    private static let burialNs: Int64 = 2_000_000_000

    /// Sends TERM to the group. `grace` is in seconds.
    init(_ child: ChildProcess, grace: Double) {
        self.child = child
        end = MonotonicClock.nanoseconds() + Int64(max(0, min(grace, 86_400)) * 1e9)
        child.signal(SIGTERM)
        // A stopped process does not see TERM before it goes on.
        child.signal(SIGCONT)
    }

    /// Does what is due. True when the process has ended and nothing of its group runs any more.
    mutating func advance() -> Bool {
        let hasEnded = child.poll() != nil
        if hasEnded, Host.processes(inGroup: child.pid).isEmpty { return true }
        let now = MonotonicClock.nanoseconds()
        if isKilled { return hasEnded && now >= end + Self.burialNs }
        if now >= end {
            child.signal(SIGKILL)
            isKilled = true
        }
        return false
    }

    /// How long to wait before `advance` is worth a call; the end of the process is worth one at once.
    var waitMs: Int? {
        // No descriptor tells of the end of the last process in the group.
        if child.poll() != nil { return 10 }
        if isKilled { return nil }
        return max(1, Int((end - MonotonicClock.nanoseconds()) / 1_000_000) + 1)
    }
}

extension ChildProcess {
    /// Stops the process and all of its group: TERM, then KILL for what is left after `grace` seconds.
    @discardableResult
    package func terminate(grace: Double = 5) -> ProcessExit {
        var termination = Termination(self, grace: grace)
        while !termination.advance() {
            let ended = poll() != nil
            _ = try? Poll.wait(  // try?: then it only looks sooner
                ended ? [] : [(processDescriptor, .readable)], timeoutMs: termination.waitMs)
        }
        return wait()
    }
}
