import Posix
import Processes
import TestServers
import Testing

/// Releases of several clones whose archive is at the places that transports reach: numbers, history, lock, and data.
struct TeamReleasePlacesTests {
    @Test(
        "T2: over a server that speaks SFTP",
        .enabled(if: SSHServer.isInstalled, "no OpenSSH server"))
    func sftp() throws {
        let server = try SSHServer()
        try Self.share(
            try TeamProject(
                ", transport: sftp, host: 127.0.0.1, port: \(server.port), "
                    + "identity: \(server.identity), known_hosts: \(server.knownHosts)"))
    }

    @Test("T2: in a bucket", .enabled(if: AWSStandIn.isInstalled, "no stand-in for AWS"))
    func bucket() throws {
        let standIn = try AWSStandIn()
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "team", "--create-bucket-configuration",
            "LocationConstraint=\(standIn.region)")
        try Self.share(
            try TeamProject(
                ", transport: s3, s3: { region: \(standIn.region), endpoint: '\(standIn.endpoint)' }",
                archive: "team/archive", environment: standIn.environment()))
    }

    private static func share(_ team: TeamProject) throws {
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        let first = try a.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        try b.write("two\n")
        let second = try b.pipeline("run", "deploy")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try b.ask("SELECT max(number) FROM releases") == "2")
        #expect(try team.page() == "two\n")
        let back = try a.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try team.page() == "one\n")
        let forward = try b.pipeline("rollback")
        #expect(forward.exit == .exited(0), "\(forward.standardErrorText)")
        #expect(try team.page() == "two\n")
        try FileSystem.removeTree(a.folder)
        let c = try team.clone("c")
        #expect(try c.pipeline("recover").standardOutputText.contains("web: 2 releases"))
        #expect(try c.pipeline("rollback", "--to", "1").exit == .exited(0))
        #expect(try team.page() == "one\n")
        #expect(try c.unitsRun() == "0")
    }
}
