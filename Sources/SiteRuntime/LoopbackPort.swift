import Glibc

/// Ports of 127.0.0.1.
enum LoopbackPort {
    /// A port that nothing listens at now. Somebody may take it before it is used; then the site does
    /// not start, which is noticed.
    static func free() throws(SiteRuntimeError) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .noFreePort }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard bound else { throw .noFreePort }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
