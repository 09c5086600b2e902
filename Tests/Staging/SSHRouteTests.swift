import Digests
import Failures
import Posix
import Processes
import SFTP
import SFTPTransports
import Slots
import TestServers
import Testing

/// Over a real sshd, with sessions that share connections.
@Suite(
    .enabled(
        if: SSHServer.isInstalled && FaultyServer.isInstalled, "openssh-server is not installed"))
struct SSHRouteTests {
    private func target(_ server: SSHServer) -> SSHTarget {
        SSHTarget(
            host: "127.0.0.1", port: server.port, identity: server.identity,
            knownHosts: server.knownHosts)
    }

    @Test(
        "the route conforms over ssh",
        arguments: [
            "Subsystem sftp internal-sftp",
            // No extension, and a server that lets a connection have one session only.
            "MaxSessions 1\nSubsystem sftp internal-sftp -P posix-rename,hardlink,fsync,limits,statvfs",
        ])
    func conforms(_ settings: String) throws {
        let server = try SSHServer(settings)
        let scratch = try ScratchFolder()
        let client = SFTPClient(ClientSettings(target(server)))
        try client.prepare(bytes: 1 << 30, files: 1000)
        try TransportConformance.check(
            SFTPTransport(client: client, root: "\(scratch.path)/slot"), local: scratch)
        client.close()
    }

    @Test(
        "a client takes the session that one before it has left, and logs in again where that was lost"
    )
    func left() throws {
        let server = try SSHServer()
        let scratch = try ScratchFolder()
        try scratch.write("x", to: "slot/a")
        let idle = IdleSessions()
        defer { idle.end() }
        var settings = ClientSettings(target(server))
        settings.idle = idle
        func ask(sessions: Int = 1) throws {
            let client = SFTPClient(settings)
            try client.prepare(bytes: 0, files: 16 * sessions)
            let route = SFTPTransport(client: client, root: "\(scratch.path)/slot")
            #expect(try route.entries(of: nil)?.map(\.name) == ["a"])
        }
        func logins() throws -> Int {
            try FileSystem.readText("\(server.folder)/log").split(whereSeparator: \.isNewline)
                .count { $0.hasPrefix("Accepted publickey") }
        }
        try ask()
        #expect(try idle.count == 1 && logins() == 1)
        // More sessions join its connection, and end with the client.
        try ask(sessions: 3)
        try ask()
        #expect(try idle.count == 1 && logins() == 1)
        // Two clients at once have one each.
        let first = SFTPClient(settings)
        _ = try first.capabilities()
        try ask()
        #expect(try idle.count == 1 && logins() == 2)

        let command = ["pkill", "-KILL", "-f", "^ssh .*-i \(server.identity) "]
        _ = try ProcessRunner.run(ProcessCommand(command), timeout: 10)
        try ask()
        #expect(try idle.count == 1 && logins() == 3)

        // One that answers no more is given up soon.
        settings.idlePatience = 0.5
        let stop = ["pkill", "-STOP", "-f", "^ssh .*-i \(server.identity) "]
        _ = try ProcessRunner.run(ProcessCommand(stop), timeout: 10)
        try ask()
        #expect(try idle.count == 1 && logins() == 4)

        // One that was broken off is nobody's any more.
        let cancel = Cancellation()
        settings.cancel = cancel
        do {
            let last = SFTPClient(settings)
            _ = try last.capabilities()
            cancel.cancel()
        }
        #expect(try idle.count == 0 && logins() == 4)
        withExtendedLifetime(first) {}
    }

    @Test("D32: another host key, another user key, nobody there: an error that says what ssh said")
    func refused() throws {
        let server = try SSHServer()
        var unknownHost = target(server)
        unknownHost.knownHosts = "/dev/null"
        var wrongKey = target(server)
        wrongKey.identity = "\(server.folder)/other"
        var nobody = target(server)
        nobody.port = try SSHServer.freePort()
        for target in [unknownHost, wrongKey, nobody] {
            #expect {
                _ = try SFTPClient(ClientSettings(target)).capabilities()
            } throws: {
                guard
                    case .noConnection("127.0.0.1", let diagnosis, let command)? = $0 as? SFTPError
                else { return false }
                // What ssh said, and not that a pipe broke.
                return diagnosis.contains(":") && !diagnosis.contains("pipe")
                    && command.hasPrefix("sftp -v -P \(target.port ?? 0) -i ")
            }
        }
    }

    @Test("a root that is not there is not made: the place of a volume that is not mounted")
    func missingRoot() throws {
        let server = try SSHServer()
        let scratch = try ScratchFolder()
        let route = SFTPTransport(
            client: SFTPClient(ClientSettings(target(server))),
            root: "\(scratch.path)/not-mounted/slot")
        #expect {
            try route.beginFilling("token")
        } throws: {
            guard case .remote(let failure)? = $0 as? TransportError else { return false }
            return failure.code == "sftp-refused"
                && failure.cause == "there is no such file or folder"
        }
        #expect(try FileSystem.status("\(scratch.path)/not-mounted") == nil)
    }

    private static let chrootUser = Environment.value("PIPELINE_TEST_SFTP_USER")

    @Test(
        "an account of its own in a chroot, which sees nothing but its folder",
        .enabled(if: chrootUser != nil, "only root can keep an account in a chroot"))
    func chroot() throws {
        let user = try #require(Self.chrootUser)
        // sshd demands that every folder on the way belongs to root alone, which /tmp does not.
        let cage = "/var/lib/pipeline-chroot-\(Host.processID)"
        try FileSystem.createDirectories("\(cage)/efs")
        defer { try? FileSystem.removeTree(cage) }
        let server = try SSHServer(
            """
            Subsystem sftp internal-sftp
            AllowUsers \(user)
            Match User \(user)
              AuthorizedKeysFile \(cage)/key
              ChrootDirectory \(cage)
              ForceCommand internal-sftp
            """)
        try FileSystem.writeAtomically(
            try FileSystem.read("\(server.identity).pub"), to: "\(cage)/key")
        _ = try ProcessRunner.run(ProcessCommand(["chown", user, "\(cage)/efs"]), timeout: 10)
        var target = target(server)
        target.user = user
        let scratch = try ScratchFolder()
        let client = SFTPClient(ClientSettings(target))
        try TransportConformance.check(
            SFTPTransport(client: client, root: "/efs/slot"), local: scratch)
        #expect(try FileSystem.status("\(cage)/efs/slot") != nil)
        // Where it may not write the error reports it.
        #expect {
            try SFTPTransport(client: client, root: "/slot").beginFilling("token")
        } throws: {
            guard case .forbidden(let failure)? = $0 as? TransportError else { return false }
            return failure.code == "sftp-refused"
                && failure.cause?.hasPrefix("permission denied") == true
        }
    }
}
