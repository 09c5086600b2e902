import CPosix
import Glibc
import Posix

/// All that a process has started, wherever that has gone since: into a group or a session of its own, or to another parent.
///
/// A process is found by its parents, by its group and session, or by a mark in its environment, which what it starts
/// inherits. Orphans come to this process (`adoptOrphans`), so that they are few and found at once.
package struct Descendants: Sendable {
    private let leader: Int32
    private let mark: String

    /// The variable that holds the mark of who started a process.
    package static let variable = "PIPELINE_UNIT_MARK"

    /// A mark that no other process has.
    package static func newMark() -> String {
        "\(Host.processID)-\(UInt64.random(in: 0 ... .max))"
    }

    /// - Parameter mark: the value of `variable` that `leader` was started with.
    package init(of leader: Int32, mark: String) {
        self.leader = leader
        self.mark = mark
    }

    /// Whether orphans below this process become its children; else they become those of the machine's first process.
    package static func adoptOrphans(_ adopts: Bool) { _ = cposix_adopt_orphans(adopts ? 1 : 0) }

    // A killed process that hangs in the kernel, as on a dead network disk, is not waited for without end.
    private static let burialNs: Int64 = 2_000_000_000

    /// Ends all that have lost their parents (KILL), with all below them, and waits until they are gone. Once the leader has
    /// ended those are all.
    ///
    /// - Parameter orphans: whether orphans without any mark are taken for the leader's: where nothing else runs.
    /// - Returns: how many there were.
    @discardableResult
    package func end(orphans: Bool) -> Int {
        var ended: Set<Int32> = []
        let end = MonotonicClock.nanoseconds() + Self.burialNs
        while true {
            let found = find(orphans: orphans)
            if found.isEmpty || MonotonicClock.nanoseconds() > end { return ended.count }
            let ours = found.filter { kill($0, SIGKILL) == 0 || errno == ESRCH }
            // Those of another user cannot be ended from here.
            if ours.isEmpty { return ended.count }
            ended.formUnion(ours)
            _ = try? Poll.wait([], timeoutMs: 2)  // try?: then it only looks sooner
        }
    }

    /// Ends orphans that cannot be reported to anybody any more.
    package static func endOrphans() {
        Descendants(of: 0, mark: "").end(orphans: true)
    }

    /// Those that run. Orphans that have ended are reaped.
    private func find(orphans: Bool) -> [Int32] {
        var found = Self.orphans { isOurs($0, $1, orphans: orphans) }
        var position = 0
        while position < found.count {
            found += Self.running(Host.children(of: found[position]))
            position += 1
        }
        return found
    }

    private func isOurs(_ pid: Int32, _ place: Host.ProcessPlace, orphans: Bool) -> Bool {
        if place.group == leader || place.session == leader { return leader != 0 }
        if Host.hasEnvironment(pid, "\(Self.variable)=\(mark)") { return true }
        return orphans && !Host.hasVariable(pid, Self.variable)
    }

    private static func running(_ pids: [Int32]) -> [Int32] {
        pids.filter { Host.processPlace($0)?.hasEnded == false }
    }

    private static func orphans(where isWanted: (Int32, Host.ProcessPlace) -> Bool) -> [Int32] {
        ChildRegistry.with { known in
            var wanted: [Int32] = []
            for pid in Host.children(of: Host.processID, ofMainThread: true)
            where !known.contains(pid) {
                guard let place = Host.processPlace(pid) else { continue }
                if place.hasEnded {
                    _ = waitpid(pid, nil, WNOHANG)
                } else if isWanted(pid, place) {
                    wanted.append(pid)
                }
            }
            return wanted
        }
    }

    /// Bytes of memory that the leader and all of them hold; what they share counts for each.
    package func memoryInUse() -> Int64 {
        var places: [Int32: Host.ProcessPlace] = [:]
        for pid in Host.allProcesses() { places[pid] = Host.processPlace(pid) }
        var members: Set<Int32> = [leader]
        var children: [Int32: [Int32]] = [:]
        for (pid, place) in places {
            children[place.parent, default: []].append(pid)
            if place.group == leader || place.session == leader { members.insert(pid) }
        }
        for pid in children[Host.processID] ?? []
        where Host.hasEnvironment(pid, "\(Self.variable)=\(mark)") {
            members.insert(pid)
        }
        var queue = Array(members)
        while let pid = queue.popLast() {
            for child in children[pid] ?? [] where members.insert(child).inserted {
                queue.append(child)
            }
        }
        return members.reduce(0) { sum, pid in
            places[pid]?.hasEnded == true ? sum : sum + Host.memoryInUse(of: pid)
        }
    }
}
