import FoundationEssentials
import Glibc
import Posix
import Processes

/// A real sshd on loopback with keys of its own, as the user who runs the tests; ended with the object.
package final class SSHServer {
    package let folder: String
    package let port: Int
    package var identity: String { "\(folder)/id" }
    package var knownHosts: String { "\(folder)/known_hosts" }
    private let child: ChildProcess

    package static let program = "/usr/sbin/sshd"
    package static var isInstalled: Bool { (try? FileSystem.status(program)) != nil }

    /// - Parameter settings: lines of sshd_config(5).
    package init(_ settings: String = "Subsystem sftp internal-sftp") throws {
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-sshd-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder, mode: 0o700)
        for name in ["host", "id", "other"] {
            _ = try ProcessRunner.run(
                ProcessCommand([
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(name)",
                ]), timeout: 60)
        }
        // As root it changes into this folder, which a boot script makes elsewhere (sshd(8)).
        if getuid() == 0 { try FileSystem.createDirectories("/run/sshd") }
        port = try Self.freePort()
        try FileSystem.writeAtomically(
            Array(
                """
                Port \(port)
                ListenAddress 127.0.0.1
                HostKey \(folder)/host
                PidFile none
                UsePAM no
                StrictModes no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin yes
                AuthorizedKeysFile \(folder)/id.pub
                \(settings)

                """.utf8), to: "\(folder)/config")
        let key = try FileSystem.readText("\(folder)/host.pub").split(separator: " ")
        try FileSystem.writeAtomically(
            Array("[127.0.0.1]:\(port) \(key[0]) \(key[1])\n".utf8), to: "\(folder)/known_hosts")
        child = try ChildProcess(
            ProcessCommand([Self.program, "-D", "-e", "-f", "\(folder)/config"]),
            standardError: .file("\(folder)/log", append: true))
        try awaitListening()
    }

    deinit {
        child.terminate(grace: 0)
        try? FileSystem.removeTree(folder)
    }

    private func awaitListening() throws {
        for _ in 0..<500 {
            if Self.answers(port) { return }
            if child.poll() != nil { break }
            _ = child.wait(timeoutMs: 10)
        }
        throw NotUp(log: (try? FileSystem.readText("\(folder)/log")) ?? "")
    }

    package struct NotUp: Error { package let log: String }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return withLoopback(port) { connect(descriptor, $0, $1) } == 0
    }

    /// A port that nothing listens at just now.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        guard withLoopback(0, { bind(descriptor, $0, $1) }) == 0 else {
            throw PosixError(call: "bind", path: nil, code: errno)
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { bytes in
            _ = getsockname(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func withLoopback(
        _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
