import CPosix
import Glibc

/// The machine and this process.
package enum Host {
    /// The name of the machine (gethostname(2)).
    package static var name: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, gethostname(base, 256) == 0 else {
                return "localhost"
            }
            return String(cString: base)
        }
    }

    /// What differs after each start of the machine (/proc/sys/kernel/random/boot_id): together with a
    /// process number and its start, the identity of a process for good. Empty where /proc lacks it.
    package static func bootID() -> String {
        let file = "/proc/sys/kernel/random/boot_id"
        let text = try? FileSystem.readText(file, limit: 4096)  // try?: empty, see above
        return String((text ?? "").prefix { !$0.isNewline })
    }

    /// The processors this process may use; at least 1.
    package static var processorCount: Int { max(1, Int(cposix_processor_count())) }

    /// The number of this process.
    package static var processID: Int32 { getpid() }
}
