import Digests
import Posix
import Processes
import TestServers
import Testing

/// An archive at the places that transports reach, and kills while results are on their way.
struct ArchivePlacesTests {
    @Test("T1: in a folder of a group every folder takes what others of the group add")
    func group() throws {
        let archive = ScratchPlace()
        try FileSystem.createDirectories(archive.path)
        try FileSystem.changeMode(archive.path, to: 0o2775)
        try SharedProject.clone(archive).run()
        let folders = try archive.folders()
        #expect(folders.contains("history") && folders.contains { $0.hasPrefix("objects/") })
        for folder in folders {
            let mode = try FileSystem.status("\(archive.path)/\(folder)")?.mode
            #expect((mode ?? 0) & 0o7777 == 0o2775, "\(folder)")
        }
        let own = ScratchPlace()
        try SharedProject.clone(own).run()
        #expect(try FileSystem.status(own.path + "/history")?.mode == 0o755)
    }

    @Test(
        "T1: over a server that speaks SFTP",
        .enabled(if: SSHServer.isInstalled, "no OpenSSH server"))
    func sftp() throws {
        let server = try SSHServer()
        let archive = ScratchPlace()
        let remote = { (text: String) in
            text.replacing(
                "root: \(archive.path)",
                with: "transport: sftp, root: \(archive.path), host: 127.0.0.1, "
                    + "port: \(server.port), identity: \(server.identity), "
                    + "known_hosts: \(server.knownHosts)")
        }
        #expect(try Self.fetched(archive, remote) == SharedProject.units)
    }

    @Test(
        "T1: signed, over SFTP: contents that were cut off do not arrive, and the others do",
        .enabled(if: SSHServer.isInstalled, "no OpenSSH server"))
    func signed() throws {
        let server = try SSHServer()
        let archive = ScratchPlace()
        let remote = { (text: String) in
            text.replacing(
                "root: \(archive.path), sign: none",
                with: "transport: sftp, root: \(archive.path), host: 127.0.0.1, "
                    + "port: \(server.port), identity: \(server.identity), "
                    + "known_hosts: \(server.knownHosts), sign: \(server.identity)")
        }
        func clone() throws -> UnitProject {
            let clone = try SharedProject.clone(archive, remote)
            let key = try FileSystem.readText("\(server.identity).pub")
            try clone.write("pipeline/allowed_signers", "ada@lab \(key)")
            return clone
        }
        let a = try clone()
        #expect(try a.run().ran == SharedProject.units)
        #expect(try clone().run().units("fetched") == SharedProject.units)
        let object = try #require(try archive.files("objects").first)
        let bytes = try FileSystem.read(object)
        try FileSystem.remove(object)
        try FileSystem.writeAtomically(bytes.dropLast(1000), to: object)
        let b = try clone()
        let run = try b.run()
        #expect(run.ran == ["compile/large"], "\(run.notes)")
        #expect(run.notes.contains { $0.contains("did not arrive whole") }, "\(run.notes)")
        #expect(try clone().run().units("fetched") == SharedProject.units)
        #expect(try a.tool("verify", "--archive", "--read", "full").exit == .exited(0))
    }

    @Test(
        "T1: in a bucket, by S3's own protocol",
        .enabled(if: AWSStandIn.isInstalled, "no stand-in for AWS"))
    func bucket() throws {
        let standIn = try AWSStandIn()
        try standIn.aws(
            "s3api", "create-bucket", "--bucket", "results", "--create-bucket-configuration",
            "LocationConstraint=\(standIn.region)")
        let archive = ScratchPlace()
        let remote = { (text: String) in
            text.replacing(
                "root: \(archive.path)",
                with: "transport: s3, root: results/archive, "
                    + "s3: { region: \(standIn.region), endpoint: '\(standIn.endpoint)' }")
        }
        let fetched = try Self.fetched(archive, remote, environment: standIn.environment())
        #expect(fetched == SharedProject.units)
    }

    /// One clone makes everything, another fetches it.
    ///
    /// - Returns: the units that the other one fetched.
    private static func fetched(
        _ archive: ScratchPlace, _ change: (String) -> String,
        environment: [String: String?] = [:]
    ) throws -> [String] {
        let a = try SharedProject.clone(archive, change)
        let made = try a.run(environment: environment)
        #expect(made.ran.count == 4, "\(made.notes) \(made.standardError)")
        let b = try SharedProject.clone(archive, change)
        let run = try b.run(environment: environment)
        #expect(run.units("fetched") == made.ran && run.ran == [], "\(run.notes)")
        #expect(try Digest.ofFile(b.path("out/large")) == Digest.ofFile(a.path("out/large")))
        #expect(try b.text("out/folder/x/y") == "1")
        return run.units("fetched")
    }

    @Test(
        "T1: killed again and again while results are sent: nothing is lost, and another clone fetches all"
    )
    func kills() throws {
        let archive = ScratchPlace()
        let units = (0..<40).map { number in
            "      u\(number): { command: [sh, -c, 'sleep 0.05; echo \(number) > \"$1\"', x, \"{output}\"], outputs: out/\(number) }"
        }
        let text = """
            project: shared
            archive: { root: \(archive.path), sign: none }
            stages:
              compile:
                units:
            \(units.joined(separator: "\n"))
            """
        let a = try UnitProject(text)
        for _ in 0..<12 {
            let run = try a.start()
            _ = try Poll.wait([], timeoutMs: Int.random(in: 20...700))
            run.killGroup()
            _ = run.wait(timeoutMs: 10_000)
        }
        #expect(try a.run().exit == .exited(0))
        let b = try UnitProject(text)
        let run = try b.run()
        #expect(run.units("fetched").count == 40 && run.ran == [], "\(run.notes)")
    }
}
