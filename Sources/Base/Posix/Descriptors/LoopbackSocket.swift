import CPosix
import Glibc

/// TCP on this machine alone (ip(7), tcp(7)). The one who holds a descriptor closes it.
package enum LoopbackSocket {
    /// Listens at 127.0.0.1, without blocking.
    ///
    /// - Parameter port: 0 for one that is free.
    /// - Returns: the descriptor, and the port at which it listens.
    package static func listen(port: UInt16) throws(PosixError) -> (descriptor: Int32, port: UInt16)
    {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = try systemCall("socket") { socket(AF_INET, kind, 0) }
        do {
            try Descriptors.setNonBlocking(descriptor)
            // A server that was just ended must not keep its port from the next one.
            var yes: Int32 = 1
            _ = try systemCall("setsockopt") {
                setsockopt(
                    descriptor, SOL_SOCKET, SO_REUSEADDR, &yes,
                    socklen_t(MemoryLayout<Int32>.size))
            }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            // Its port stands in the place of a path.
            _ = try with(&address, "bind", String(port)) { bind(descriptor, $0, $1) }
            _ = try systemCall("listen") { Glibc.listen(descriptor, 64) }
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            _ = try with(&address, "getsockname") { pointer, _ in
                getsockname(descriptor, pointer, &length)
            }
            return (descriptor, UInt16(bigEndian: address.sin_port))
        } catch {
            Descriptors.close(descriptor)
            throw error
        }
    }

    /// The next connection that waits, without blocking; nil when there is none (any more).
    package static func accept(_ listener: Int32) throws(PosixError) -> Int32? {
        let descriptor: Int32
        do {
            descriptor = try systemCall("accept") { Glibc.accept(listener, nil, nil) }
        } catch  where [EAGAIN, ECONNABORTED].contains(error.code) {
            return nil
        }
        // No program is started between accept and this by the one who serves.
        _ = try systemCall("fcntl") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        try Descriptors.setNonBlocking(descriptor)
        return descriptor
    }

    private static func with(
        _ address: inout sockaddr_in, _ call: String, _ path: String? = nil,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) throws(PosixError) -> Int32 {
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try systemCall(call, path) {
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }
    }
}
