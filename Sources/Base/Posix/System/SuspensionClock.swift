import Glibc

/// A clock that only goes forward, and also while the machine sleeps (CLOCK_BOOTTIME of clock_gettime(2)).
package enum SuspensionClock {
    /// Nanoseconds since the machine was started.
    package static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
