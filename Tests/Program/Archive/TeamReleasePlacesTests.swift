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
        let team = try TeamProject(
            ", transport: sftp, host: 127.0.0.1, port: \(server.port), "
                + "identity: \(server.identity), known_hosts: \(server.knownHosts)")
        #expect(try Self.pages(team) == ["two\n", "one\n", "two\n", "one\n"])
    }

    @Test("T2: in a bucket", .enabled(if: AWSStandIn.isInstalled, "no stand-in for AWS"))
    func bucket() throws {
        let standIn = try AWSStandIn()
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "team", "--create-bucket-configuration",
            "LocationConstraint=\(standIn.region)")
        let team = try TeamProject(
            ", transport: s3, s3: { region: \(standIn.region), endpoint: '\(standIn.endpoint)' }",
            archive: "team/archive", environment: standIn.environment())
        #expect(try Self.pages(team) == ["two\n", "one\n", "two\n", "one\n"])
    }

    /// - Returns: the live page after the second deployment, a rollback of each clone, and one of a clone that recovered.
    private static func pages(_ team: TeamProject) throws -> [String] {
        var pages: [String] = []
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        let first = try a.pipeline("run", "deploy")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        try b.write("two\n")
        let second = try b.pipeline("run", "deploy")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try b.ask("SELECT max(number) FROM releases") == "2")
        pages.append(try team.page())
        let back = try a.pipeline("rollback")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        pages.append(try team.page())
        let forward = try b.pipeline("rollback")
        #expect(forward.exit == .exited(0), "\(forward.standardErrorText)")
        pages.append(try team.page())
        try FileSystem.removeTree(a.folder)
        let c = try team.clone("c")
        #expect(try c.pipeline("recover").standardOutputText.contains("web: 2 releases"))
        #expect(try c.pipeline("rollback", "--to", "1").exit == .exited(0))
        pages.append(try team.page())
        #expect(try c.unitsRun() == "0")
        return pages
    }
}
