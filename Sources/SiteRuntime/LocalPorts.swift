import Posix

/// The TCP ports of this machine.
enum LocalPorts {
    /// Where sites listen: below the range from which the kernel takes ports for outgoing connections
    /// (ip_local_port_range, 32768 and up), so that none of those is in the way after a restart.
    static let forSites = 20000...29999

    /// The ports at which somebody listens, from the texts of /proc/net/tcp and tcp6 (proc_net_tcp).
    static func listening(in table: String) -> Set<Int> {
        var ports: Set<Int> = []
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            // 0A is TCP_LISTEN.
            guard fields.count > 3, fields[3] == "0A",
                let port = fields[1].split(separator: ":").last,
                let number = Int(port, radix: 16)
            else { continue }
            ports.insert(number)
        }
        return ports
    }

    /// Whether somebody listens at this port, at any address.
    static func isListening(_ port: Int) -> Bool { busy().contains(port) }

    private static func busy() -> Set<Int> {
        ["/proc/net/tcp", "/proc/net/tcp6"].reduce(into: []) { ports, table in
            ports.formUnion(listening(in: (try? FileSystem.readText(table)) ?? ""))
        }
    }

    /// A port at which nobody listens now, and none of `avoiding`; nil when all are taken.
    ///
    /// Somebody may take it before the site does: then the site does not start, and another is tried.
    static func free(avoiding taken: Set<Int>) -> Int? {
        let busy = busy().union(taken)
        // From a random one on, so that two copies of this program seldom want the same.
        let count = forSites.count
        let first = Int.random(in: 0..<count)
        for offset in 0..<count {
            let port = forSites.lowerBound + (first + offset) % count
            if !busy.contains(port) { return port }
        }
        return nil
    }
}
