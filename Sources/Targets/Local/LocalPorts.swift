/// The TCP ports of this machine.
enum LocalPorts {
    /// Where sites listen: below the range from which the kernel takes ports for outgoing connections
    /// (ip_local_port_range, 32768 and up), so that none of those is in the way after a restart.
    static let forSites = 20000...29999

    /// The ports at which somebody listens, from a text of /proc/net/tcp or tcp6.
    static func listening(in table: String) -> Set<Int> {
        Set(Listeners.sockets(in: table).map(\.port))
    }

    /// Whether somebody listens at this port, at any address.
    static func isListening(_ port: Int) -> Bool { busy().contains(port) }

    private static func busy() -> Set<Int> { Set(Listeners.all().map(\.port)) }

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
