import Glibc

extension Host {
    /// The name of the user whose rights this process has (getpwuid_r(3)); the number where it has none.
    package static var userNumber: UInt32 { geteuid() }

    package static var userName: String {
        let id = geteuid()
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress else { return String(id) }
            let code = getpwuid_r(id, &entry, base, buffer.count, &found)
            guard code == 0, found != nil else { return String(id) }
            return entry.pw_name.map { String(cString: $0) } ?? String(id)
        }
    }
}
