import Digests
import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// Releases whose data is sent by SFTP to a real server: killed anywhere, what visitors see stays whole.
@Suite(
    .enabled(
        if: SSHServer.isInstalled && FaultyServer.isInstalled, "openssh-server is not installed"))
struct RemoteReleaseTests {
    /// A preview whose slots lie on a server, and are mounted here in the way of EFS.
    private func project(_ server: SSHServer) throws -> SiteProject {
        let project = try SiteProject("preview")
        let slots = "\(project.root)/efs"
        try FileSystem.createDirectories(slots)
        let text = project.environmentText(kind: "preview", extra: "  command: python3 app.py\n")
        let data = """
            data:
              { route: sftp, host: 127.0.0.1, port: \(server.port), identity: \(server.identity),
                known_hosts: \(server.knownHosts), root: \(slots), mounted: \(slots), slots: 3 }
            """
        try project.write(
            "pipeline/environments/preview.yaml",
            text.split(separator: "\n").map { $0.hasPrefix("data:") ? data : String($0) }
                .joined(separator: "\n") + "\n")
        return project
    }

    /// The digest of every file of a slot, its marker's among them.
    private func slot(_ name: String, _ project: SiteProject) throws -> String {
        try project.shell("cd efs/\(name) && find . -type f | sort | xargs sha256sum")
            .standardOutputText
    }

    @Test("D2: killed at many moments, the live slot is never touched; rollback sends nothing")
    func killed() throws {
        let server = try SSHServer()
        let project = try project(server)
        let bulk = [UInt8](unsafeUninitializedCapacity: 24_000_000) { buffer, count in
            for place in buffer.indices {
                buffer[place] = UInt8(truncatingIfNeeded: place &* 7 ^ place >> 11)
            }
            count = buffer.count
        }
        try FileSystem.createDirectories("\(project.root)/data/compiled")
        for number in 0..<40 {
            try project.write("data/compiled/small-\(number).feather", "file \(number)")
        }
        let first = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let before = try slot("a", project)
        #expect(before.contains("small-39"))

        try FileSystem.writeAtomically(bulk, to: "\(project.root)/data/compiled/large.feather")
        try project.write("raw.txt", "second data\n")
        for moment in 1...10 {
            let victim = try ChildProcess(
                project.command(["run", "sync", "-e", "preview"]), standardOutput: .null,
                standardError: .null)
            _ = victim.wait(timeoutMs: 40 + moment * 45)
            victim.signal(9)
            _ = victim.wait()
            #expect(try slot("a", project) == before, "after kill \(moment)")
            let page = try project.page()
            #expect(page == "code: first code; data: FIRST DATA")
        }
        let second = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try slot("a", project) == before)
        #expect(try project.page() == "code: first code; data: SECOND DATA")
        #expect(
            try Digest.ofFile("\(project.root)/efs/b/data/compiled/large.feather").digest
                == Digest.of(bulk))
        #expect(
            try project.shell("find efs -name '.pipeline-aside*' -o -name .pipeline-filling")
                .standardOutputText == "")
        let verified = try project.pipeline("verify", "--remote", "-e", "preview")
        #expect(verified.exit == .exited(0), "\(verified.standardOutputText)")

        let back = try project.pipeline("rollback", "-e", "preview")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
        // Only the marker of a slot says another release; its files were not written again.
        #expect(try slot("a", project) == before)
    }
}
