import Glibc
import Posix
import Processes
import Testing

/// The real nginx in front of a site: its death, its switches, and what passes through it.
@Suite(.serialized)
struct FrontTests {
    @Test("the master is killed and its worker lives: the next deployment takes over")
    func masterKilled() throws {
        let project = try FrontProject.live()
        #expect(kill(try FrontProject.master(project), SIGKILL) == 0)
        #expect(try project.page() == "code: first code", "the worker answers")
        let plan = try project.pipeline("plan", "deploy", "-e", "preview")
        #expect(plan.standardOutputText.contains("lost its master"), "\(plan.standardOutputText)")
        let status = try project.pipeline("status", "-e", "preview", "--check")
        #expect(status.exit == .exited(3), "\(status.standardOutputText)")

        try FrontProject.writeApp(project, code: "second code")
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try project.page() == "code: second code")
        // A front of this project, with a master and one worker, and nothing of the old one.
        let nginx = try project.shell("pgrep -cf '[n]ginx: master process .*\(project.root)'")
        #expect(nginx.standardOutputText == "1\n")
        let again = try project.pipeline("run", "deploy", "-e", "preview", "--json")
        #expect(!again.standardOutputText.contains("unit-started"), "nothing is left to do")
    }

    @Test("the master is killed: a rollback takes over, and `up` without a deployment")
    func masterKilledThenBack() throws {
        let project = try FrontProject.live()
        try FrontProject.writeApp(project, code: "second code")
        #expect(try FrontProject.deploy(project).exit == .exited(0))
        #expect(kill(try FrontProject.master(project), SIGKILL) == 0)
        let back = try project.pipeline("rollback", "-e", "preview")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.page() == "code: first code")
        #expect(kill(try FrontProject.master(project), SIGKILL) == 0)
        let sites = try project.shell("ls .pipeline/environments/preview/sites/*.json")
        let up = try project.pipeline("up", "-e", "preview")
        #expect(up.exit == .exited(0), "\(up.standardErrorText)")
        #expect(try project.page() == "code: first code")
        _ = try FrontProject.master(project)
        let after = try project.shell("ls .pipeline/environments/preview/sites/*.json")
        #expect(after.standardOutputText == sites.standardOutputText, "the site itself goes on")
    }

    @Test("a lost or wrong pid file misleads nobody", arguments: ["rm", "echo 1 >", "echo x >"])
    func pidFile(damage: String) throws {
        let project = try FrontProject.live()
        _ = try project.shell("\(damage) .pipeline/environments/preview/front/front.pid")
        try FrontProject.writeApp(project, code: "second code")
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try project.page() == "code: second code")
    }

    @Test("somebody else at the port is named, and nothing is started")
    func foreign() throws {
        let project = try FrontProject.make()
        let other = try ChildProcess(
            ProcessCommand([
                "python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "\(project.port)",
            ]), standardOutput: .pipe, standardError: .null)
        defer { other.terminate(grace: 0) }
        _ = try Descriptors.read(other.standardOutput ?? -1, upTo: 1)
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[port-taken]"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("process \(other.pid)"))
        #expect(run.standardErrorText.contains("http.server"))
        #expect(Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview").isEmpty)
    }

    @Test("somebody else has taken the port of a live site: `up` names it, and blames nothing else")
    func foreignAtUp() throws {
        let project = try FrontProject.live()
        let front = try FrontProject.master(project)
        #expect(kill(front, SIGTERM) == 0)
        try Await.that { kill(front, 0) != 0 }
        let other = try ChildProcess(
            ProcessCommand([
                "python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "\(project.port)",
            ]), standardOutput: .pipe, standardError: .null)
        defer { other.terminate(grace: 0) }
        _ = try Descriptors.read(other.standardOutput ?? -1, upTo: 1)
        let up = try project.pipeline("up", "-e", "preview")
        #expect(up.exit == .exited(1))
        #expect(up.standardErrorText.contains("error[port-taken]"), "\(up.standardErrorText)")
        #expect(up.standardErrorText.contains("process \(other.pid)"))
        #expect(!up.standardErrorText.contains("cannot be used"), "\(up.standardErrorText)")
    }

    /// Starts a request that takes so many seconds, and returns once its first bytes are here.
    private func slowRequest(_ project: SiteProject, _ seconds: Int) throws -> ChildProcess {
        let child = try ChildProcess(
            ProcessCommand(["curl", "-sN", "http://127.0.0.1:\(project.port)/slow/\(seconds)"]),
            standardOutput: .pipe, standardError: .null)
        let begun = try Descriptors.read(child.standardOutput ?? -1, upTo: 5)
        #expect(String(decoding: begun, as: UTF8.self) == "begun")
        return child
    }

    private func rest(_ child: ChildProcess) throws -> String {
        String(decoding: try Descriptors.read(child.standardOutput ?? -1, upTo: 5), as: UTF8.self)
    }

    @Test("a request that takes longer than a switch is answered whole")
    func drained() throws {
        let project = try FrontProject.live()
        try FrontProject.writeApp(project, code: "second code")
        let slow = try slowRequest(project, 14)
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("at the latest in 120 s"))
        #expect(try rest(slow) == "ended")
        #expect(slow.wait() == .exited(0))
        #expect(try project.page() == "code: second code")
        let sites = Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview")
        #expect(sites.count == 1, "the old site was stopped after its last request")
    }

    @Test("the time for requests under way is a setting")
    func drainLimit() throws {
        let project = try FrontProject.live(front: "{ drain: 1s }")
        try FrontProject.writeApp(project, code: "second code")
        let slow = try slowRequest(project, 60)
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try rest(slow) == "", "it was cut")
        _ = slow.wait()
        #expect(try project.page() == "code: second code")
    }

    @Test("WebSockets pass, and the site learns who asked")
    func upgradeAndHeaders() throws {
        let project = try FrontProject.live()
        let socket = try project.shell(
            """
            python3 - <<'END'
            import socket
            s = socket.create_connection(("127.0.0.1", \(project.port)))
            s.sendall(b"GET /ws HTTP/1.1\\r\\nHost: site.example\\r\\nUpgrade: websocket\\r\\n"
                      b"Connection: Upgrade\\r\\n\\r\\nhello\\n")
            s.settimeout(10)
            data = b""
            while b"hello" not in data:
                part = s.recv(4096)
                if not part: break
                data += part
            print(data.decode())
            END
            """)
        #expect(socket.standardOutputText.contains("101 "), "\(socket.standardOutputText)")
        #expect(socket.standardOutputText.contains("echo hello"))
        let own = try project.shell(
            "curl -s -H 'Host: site.example' http://127.0.0.1:\(project.port)/headers"
        ).standardOutputText
        for part in [
            "\"X-Forwarded-For\": \"127.0.0.1\"", "\"X-Forwarded-Proto\": \"http\"",
            "\"X-Forwarded-Port\": \"\(project.port)\"", "\"X-Forwarded-Host\": \"site.example\"",
            "\"X-Real-IP\": \"127.0.0.1\"", "\"Host\": \"site.example\"",
        ] {
            #expect(own.contains(part), "\(part): \(own)")
        }
        let proxied = try project.shell(
            "curl -s -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 192.0.2.7' "
                + "http://127.0.0.1:\(project.port)/headers"
        ).standardOutputText
        #expect(proxied.contains("\"X-Forwarded-Proto\": \"https\""), "\(proxied)")
        #expect(proxied.contains("\"X-Forwarded-For\": \"192.0.2.7, 127.0.0.1\""), "\(proxied)")
    }

    @Test("the largest body is a setting")
    func bodySize() throws {
        let project = try FrontProject.live()
        let post = { (size: String) in
            try project.shell(
                "head -c \(size) /dev/zero | curl -s -w ' %{http_code}' --data-binary @- "
                    + "http://127.0.0.1:\(project.port)/"
            ).standardOutputText
        }
        #expect(try post("3000000").hasSuffix(" 413"))
        try FrontProject.setFront(project, "{ body_size: 4M, timeout: 3s }")
        try FrontProject.writeApp(project, code: "second code")
        #expect(try FrontProject.deploy(project).exit == .exited(0))
        #expect(try post("3000000") == "3000000 200")
        let slow = try project.shell(
            "curl -sN http://127.0.0.1:\(project.port)/slow/20"
        ).standardOutputText
        #expect(slow == "begun", "given up after 3 s without a byte")
        // What the site's own files for nginx say holds too, as at Beanstalk.
        try FrontProject.setFront(project, nil)
        try project.write(
            "site/.platform/nginx/conf.d/proxy.conf",
            "client_max_body_size 5M;\nproxy_read_timeout 300s;\n")
        try FrontProject.writeApp(project, code: "third code")
        let third = try FrontProject.deploy(project)
        #expect(third.exit == .exited(0), "\(third.standardErrorText)")
        #expect(try post("4500000") == "4500000 200")
    }
}
