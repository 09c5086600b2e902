import Posix
import Processes
import TestServers
import Testing

/// Sites that are files alone, sent by SFTP to a real server.
@Suite(.enabled(if: SSHServer.isInstalled, "openssh-server is not installed"))
struct StaticRemoteTests {
    @Test("by SFTP: the link is switched at the server, killed or not, and rolled back")
    func releases() throws {
        let server = try SSHServer()
        let project = try StaticProject(server)
        let first = try project.pipeline("run", "deploy", "-e", "web")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        let one = try project.current()
        #expect(try project.seen() == "<p>welcome, first</p>\n")
        for moment in 1...4 {
            try project.page("welcome, kill \(moment)")
            let victim = try ChildProcess(
                project.command(["run", "deploy", "-e", "web"]), standardOutput: .null,
                standardError: .null)
            _ = victim.wait(timeoutMs: moment * 150)
            victim.signal(9)
            _ = victim.wait()
            #expect(try project.seen().hasPrefix("<p>welcome, "))
            let run = try project.pipeline("run", "deploy", "-e", "web")
            #expect(run.exit == .exited(0), "\(run.standardErrorText)")
            #expect(try project.seen() == "<p>welcome, kill \(moment)</p>\n")
        }
        #expect(try project.pipeline("rollback", "-e", "web").exit == .exited(0))
        #expect(try project.seen() == "<p>welcome, kill 3</p>\n")
        let far = try project.pipeline("rollback", "--to", "1", "-e", "web")
        #expect(far.exit == .exited(0), "\(far.standardErrorText)")
        #expect(try project.current() == one)
        #expect(try project.seen() == "<p>welcome, first</p>\n")
    }

    @Test("a server that cannot replace a name in one step is refused, and keeps what it has")
    func noReplacing() throws {
        let server = try SSHServer(
            "Subsystem sftp internal-sftp -P posix-rename")
        let project = try StaticProject(server)
        let output = try project.pipeline("run", "deploy", "-e", "web")
        #expect(output.exit == .exited(1))
        #expect(
            output.standardErrorText.contains("does not replace a name in one step"),
            "\(output.standardErrorText)")
        #expect(try FileSystem.linkStatus("\(project.place)/current") == nil)
    }
}
