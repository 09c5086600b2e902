import Glibc
import Posix

/// Processes that are not children of this one.
package enum StrayProcesses {
    /// Stops processes: TERM, then KILL for those that are left after `grace` seconds. Their start
    /// times are compared, so that a number that was given away meanwhile is not hit.
    package static func terminate(_ processes: [Int32], grace: Double) {
        let known = processes.compactMap { pid in Host.processStart(pid).map { (pid, $0) } }
        let alive = { known.filter { Host.processStart($0.0) == $0.1 && !isZombie($0.0) } }
        for (pid, _) in alive() { _ = kill(pid, SIGTERM) }
        let end = MonotonicClock.nanoseconds() + Int64(grace * 1e9)
        while !alive().isEmpty, MonotonicClock.nanoseconds() < end {
            // No descriptor tells of the end of a process that is not a child.
            _ = try? Poll.wait([], timeoutMs: 10)  // try?: then it only looks sooner
        }
        for (pid, _) in alive() { _ = kill(pid, SIGKILL) }
    }

    /// Whether a process still does something; `start` tells it from a later one of its number.
    package static func isAlive(_ pid: Int32, start: UInt64) -> Bool {
        Host.processStart(pid) == start && !isZombie(pid)
    }

    /// As Ctrl-C in its terminal.
    package static func interrupt(_ pid: Int32) { _ = kill(pid, SIGINT) }

    private static func isZombie(_ pid: Int32) -> Bool {
        let text = (try? FileSystem.readText("/proc/\(pid)/stat")) ?? ""  // try?: it has ended
        guard let bracket = text.lastIndex(of: ")") else { return true }
        return text[bracket...].dropFirst(2).first == "Z"
    }
}
