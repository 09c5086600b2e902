import Glibc

extension Host {
    /// Ends this process here and now: nothing is written any more (_exit(2)).
    package static func endProcess(_ code: Int32) -> Never { _exit(code) }

    /// When a process started, in clock ticks since the start of the machine (proc_pid_stat(5), field 22);
    /// nil when there is no such process.
    package static func processStart(_ pid: Int32) -> UInt64? {
        processFields(pid).flatMap { $0.count > 19 ? UInt64($0[19]) : nil }
    }

    /// The processes, this one excepted, that were started with exactly this entry `NAME=value` in their
    /// environment. Those of other users are not seen (proc_pid_environ(5)).
    package static func processes(withEnvironment entry: String) -> [Int32] {
        let wanted = Array(entry.utf8)
        return processIDs().filter { pid in
            guard pid != processID,
                let bytes = try? FileSystem.read("/proc/\(pid)/environ")  // try?: not one of ours
            else {
                return false
            }
            return bytes.split(separator: 0).contains { $0.elementsEqual(wanted) }
        }
    }

    /// The processes of a group that still run; those that have ended and are not reaped do not count.
    package static func processes(inGroup group: Int32) -> [Int32] {
        processIDs().filter { pid in
            guard let fields = processFields(pid), fields.count > 2 else { return false }
            return fields[2] == "\(group)" && fields[0] != "Z" && fields[0] != "X"
        }
    }

    /// What there is to know of the place of a process among others (proc_pid_stat(5)); nil when there is no such process.
    package static func processPlace(_ pid: Int32) -> ProcessPlace? {
        guard let fields = processFields(pid), fields.count > 3, let parent = Int32(fields[1]),
            let group = Int32(fields[2]), let session = Int32(fields[3])
        else { return nil }
        return ProcessPlace(
            parent: parent, group: group, session: session,
            hasEnded: fields[0] == "Z" || fields[0] == "X")
    }

    package struct ProcessPlace: Sendable {
        package let parent: Int32
        package let group: Int32
        package let session: Int32
        /// Whether only its parent has not heard of its end yet.
        package let hasEnded: Bool
    }

    /// All processes that this one can see.
    package static func allProcesses() -> [Int32] { processIDs() }

    /// The children of a process, those that have ended and are not reaped too.
    ///
    /// - Parameter ofMainThread: only those of its main thread, to which orphans come.
    package static func children(of pid: Int32, ofMainThread: Bool = false) -> [Int32] {
        guard hasChildrenLists else {
            return processIDs().filter { processPlace($0)?.parent == pid }
        }
        var threads = ["\(pid)"]
        if !ofMainThread {
            let found = try? FileSystem.entries(of: "/proc/\(pid)/task")  // try?: it has ended
            threads = found?.map(\.name) ?? []
        }
        var children: [Int32] = []
        for thread in threads {
            let file = "/proc/\(pid)/task/\(thread)/children"
            guard let text = try? FileSystem.readText(file)  // try?: ended; now another thread's
            else { continue }
            children += text.split(separator: " ").compactMap { Int32($0) }
        }
        return children
    }

    /// Whether this kernel lists children (proc_pid_task(5), CONFIG_PROC_CHILDREN).
    private static let hasChildrenLists: Bool = {
        // try?: a list that cannot be looked at is none, and all processes are looked through.
        let path = "/proc/self/task/\(processID)/children"
        return ((try? FileSystem.status(path)) ?? nil) != nil  // try?: as above.
    }()

    /// Whether a process was started with this entry `NAME=value` in its environment; false where that cannot be read.
    package static func hasEnvironment(_ pid: Int32, _ entry: String) -> Bool {
        let bytes = try? FileSystem.read("/proc/\(pid)/environ")  // try?: false, as documented
        guard let bytes else { return false }
        let wanted = Array(entry.utf8)
        return bytes.split(separator: 0).contains { $0.elementsEqual(wanted) }
    }

    /// Whether a process was started with this variable in its environment, whatever its value.
    package static func hasVariable(_ pid: Int32, _ name: String) -> Bool {
        let bytes = try? FileSystem.read("/proc/\(pid)/environ")  // try?: not known to have it
        guard let bytes else { return false }
        let wanted = Array("\(name)=".utf8)
        return bytes.split(separator: 0).contains { $0.starts(with: wanted) }
    }

    /// Bytes of memory that a process holds (proc_pid_statm(5), resident); 0 when it is gone.
    package static func memoryInUse(of pid: Int32) -> Int64 {
        let fields =
            (try? FileSystem.readText("/proc/\(pid)/statm"))?  // try?: gone, it holds none
            .split(separator: " ") ?? []
        return (fields.count > 1 ? Int64(fields[1]) ?? 0 : 0)
            * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func processIDs() -> [Int32] {
        let entries = try? FileSystem.entries(of: "/proc")  // try?: no proc(5), no process known
        return (entries ?? []).compactMap { Int32($0.name) }
    }

    // From the third field on: the second one, the name, may hold blanks and brackets.
    private static func processFields(_ pid: Int32) -> [Substring]? {
        guard let bytes = try? FileSystem.read("/proc/\(pid)/stat"),  // try?: there is none
            let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return String(decoding: bytes[(bracket + 1)...], as: UTF8.self).split(separator: " ")
    }
}
