import Posix

/// Who listens at TCP ports of this machine.
enum Listeners {
    /// One listening socket (proc_net_tcp(5)).
    struct Socket: Hashable {
        /// The address as the kernel writes it, in hexadecimal digits.
        let address: String
        let port: Int
        let inode: UInt64
    }

    /// The addresses at which a socket keeps another from 127.0.0.1: that one, and "any" of IPv4 and IPv6.
    private static let rivals: Set<String> = [
        "0100007F", "00000000", "00000000000000000000000000000000",
        "0000000000000000FFFF00000100007F",
    ]

    /// The listening sockets in a text of /proc/net/tcp or tcp6.
    static func sockets(in table: String) -> [Socket] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            // 0A is TCP_LISTEN.
            guard fields.count > 3, fields[3] == "0A" else { return nil }
            let place = fields[1].split(separator: ":")
            guard place.count == 2, let port = Int(place[1], radix: 16) else { return nil }
            return Socket(
                address: String(place[0]), port: port,
                inode: fields.count > 9 ? UInt64(fields[9]) ?? 0 : 0)
        }
    }

    static func all() -> [Socket] {
        ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { table in
            sockets(in: (try? FileSystem.readText(table)) ?? "")  // try?: bind(2) decides
        }
    }

    /// The sockets that keep everybody else from listening at this port of 127.0.0.1.
    static func holding(_ port: Int) -> [Socket] {
        all().filter { $0.port == port && rivals.contains($0.address) }
    }

    /// The processes that have one of these sockets open; those of other users are not seen.
    static func processes(of sockets: [Socket]) -> [Int32] {
        let wanted = Set(sockets.map { "socket:[\($0.inode)]" })
        return ProcessTable.all().filter { pid in
            ProcessTable.openFiles(pid).contains { wanted.contains($0) }
        }
    }
}

/// What /proc tells of processes; what ends meanwhile, or is another user's, tells nothing.
enum ProcessTable {
    static func all() -> [Int32] {
        let entries = try? FileSystem.entries(of: "/proc")  // try?: then nothing is done to any
        return (entries ?? []).compactMap { Int32($0.name) }
    }

    /// The command line, or the title that the process gave itself.
    static func title(_ pid: Int32) -> String {
        let bytes = (try? FileSystem.read("/proc/\(pid)/cmdline")) ?? []  // try?: it has ended
        return String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    /// Where its open descriptors lead (proc_pid_fd(5)).
    static func openFiles(_ pid: Int32) -> [String] {
        let entries = (try? FileSystem.entries(of: "/proc/\(pid)/fd")) ?? []  // try?: unknown
        return entries.compactMap {
            try? FileSystem.readLink("/proc/\(pid)/fd/\($0.name)")  // try?: closed meanwhile
        }
    }

    /// The variables it was started with (proc_pid_environ(5)).
    static func environment(_ pid: Int32) -> [String: String] {
        let bytes = (try? FileSystem.read("/proc/\(pid)/environ")) ?? []  // try?: as above
        var variables: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            variables[String(decoding: entry[..<equals], as: UTF8.self)] =
                String(decoding: entry[(equals + 1)...], as: UTF8.self)
        }
        return variables
    }

    /// The number of its process group; nil when there is no such process (proc_pid_stat(5), field 5).
    static func group(_ pid: Int32) -> Int32? {
        guard let text = try? FileSystem.readText("/proc/\(pid)/stat"),  // try?: it has ended
            let bracket = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }
}
