import Glibc
import Posix
import Texts

/// The processes of one front: found by what they have open, since a pid file may be stale, lost or unreadable.
struct FrontProcesses {
    /// Takes signals, and starts workers; nil where it has died.
    var master: Int32?
    /// Workers that take connections.
    var serving: [Int32] = []
    /// Workers of an earlier configuration, which finish the requests they have.
    var draining: [Int32] = []

    /// nginx gives its processes titles (https://nginx.org/en/docs/control.html), and each of them keeps the error log
    /// of its configuration open.
    ///
    /// - Parameter folder: of the front, absolute.
    static func find(_ folder: String) -> FrontProcesses {
        let folder = (try? FileSystem.realPath(folder)) ?? folder  // try?: open nowhere
        var found = FrontProcesses()
        for pid in ProcessTable.all() {
            let title = ProcessTable.title(pid)
            guard title.contains("nginx"),
                ProcessTable.openFiles(pid).contains(where: { $0.hasPrefix("\(folder)/error.log") })
            else { continue }
            if title.contains("master process") {
                found.master = pid
            } else if title.contains("shutting down") {
                found.draining.append(pid)
            } else if title.contains("worker process") {
                found.serving.append(pid)
            }
        }
        return found
    }

    static func signal(_ pid: Int32, _ number: Int32) { _ = kill(pid, number) }
}

/// What stands at a front's port.
package enum FrontState: Hashable, Sendable {
    /// Nothing of ours runs, and the port is free.
    case absent
    case running
    /// Workers go on without their master: requests are answered, and no change is taken.
    case orphaned
    /// Somebody else listens at the port.
    case foreign(String)
}
