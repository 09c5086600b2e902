import Glibc

/// Waiting for descriptors (poll(2)).
package enum Poll {
    /// What to wait for; an end or an error of the descriptor always counts as well.
    package struct Events: OptionSet, Sendable {
        package let rawValue: Int16
        package init(rawValue: Int16) { self.rawValue = rawValue }
        package static let readable = Events(rawValue: Int16(POLLIN))
        package static let writable = Events(rawValue: Int16(POLLOUT))
    }

    /// The positions in `interests` that are ready; none after `timeoutMs` milliseconds (nil: no end).
    /// A negative descriptor is passed over. Signals do not cut the wait short.
    package static func wait(
        _ interests: [(descriptor: Int32, events: Events)], timeoutMs: Int? = nil
    ) throws(PosixError) -> [Int] {
        let end = timeoutMs.map { MonotonicClock.nanoseconds() + Int64($0) * 1_000_000 }
        var entries = interests.map {
            pollfd(fd: $0.descriptor, events: $0.events.rawValue, revents: 0)
        }
        while true {
            let count = poll(&entries, nfds_t(entries.count), milliseconds(until: end))
            if count >= 0 { break }
            if errno != EINTR { throw PosixError(call: "poll", path: nil, code: errno) }
        }
        return entries.indices.filter { entries[$0].revents != 0 }
    }

    // Rounded up: a wait that is a hair too short would make its caller spin.
    private static func milliseconds(until end: Int64?) -> Int32 {
        guard let end else { return -1 }
        let left = max(0, end - MonotonicClock.nanoseconds())
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }
}
