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
            guard pid != processID, let bytes = try? FileSystem.read("/proc/\(pid)/environ") else {
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

    /// Bytes of memory that the processes of a group hold (proc_pid_statm(5), resident); what they share
    /// counts for each.
    package static func memoryInUse(ofGroup group: Int32) -> Int64 {
        processes(inGroup: group).reduce(0) { sum, pid in
            let fields =
                (try? FileSystem.readText("/proc/\(pid)/statm"))?.split(separator: " ") ?? []
            return sum + (fields.count > 1 ? Int64(fields[1]) ?? 0 : 0)
                * Int64(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    private static func processIDs() -> [Int32] {
        ((try? FileSystem.entries(of: "/proc")) ?? []).compactMap { Int32($0.name) }
    }

    // From the third field on: the second one, the name, may hold blanks and brackets.
    private static func processFields(_ pid: Int32) -> [Substring]? {
        guard let bytes = try? FileSystem.read("/proc/\(pid)/stat"),
            let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return String(decoding: bytes[(bracket + 1)...], as: UTF8.self).split(separator: " ")
    }
}
