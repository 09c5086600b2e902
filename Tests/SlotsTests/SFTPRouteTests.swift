import Digests
import Posix
import Processes
import SFTP
import Slots
import Testing

/// The route over OpenSSH's own server program, without ssh between.
@Suite(.enabled(if: SFTPServer.isInstalled, "OpenSSH's sftp-server is not installed"))
struct SFTPRouteTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func route(_ slot: String = "slot", _ options: [String] = []) -> SFTPRoute {
        SFTPRoute(client: SFTPServer.client(options), root: "\(scratch.path)/\(slot)")
    }

    @Test(arguments: [
        [],
        // Nothing beyond the protocol, as a server that is not OpenSSH's may be.
        ["-P", "posix-rename,hardlink,fsync,limits,statvfs"],
    ])
    func conforms(_ options: [String]) throws {
        try RouteConformance.check(route("slot", options), local: scratch)
    }
}

/// A server of the machine as a child of the test.
enum SFTPServer {
    static let path = "/usr/lib/openssh/sftp-server"

    static var isInstalled: Bool { (try? FileSystem.status(path)) != nil }

    static func client(_ options: [String] = [], connections: Int = 2) -> SFTPClient {
        var settings = ClientSettings(command: ProcessCommand([path] + options), host: "test")
        settings.sessions = connections
        return SFTPClient(settings)
    }
}
