import Glibc
import Posix
import Processes
import Testing

/// What a site of this machine needs and does not find: programs, a port, its container.
@Suite(.serialized)
struct MissingPartTests {
    /// Runs the deployment by a line of a shell, in which DEPLOY stands for it.
    private func deploy(
        _ project: SiteProject, _ line: String, path: String? = nil
    ) throws -> ProcessOutput {
        let words = "\(SiteProject.tool) run deploy -e \(project.environment)"
        return try ProcessRunner.run(
            ProcessCommand(
                ["sh", "-c", line.replacing("DEPLOY", with: words)],
                environment: path.map { ["PATH": $0] } ?? [:], directory: project.root),
            timeout: 240)
    }

    private func isNothingLeft(of project: SiteProject) -> Bool {
        Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview").isEmpty
    }

    @Test("no nginx", .enabled(if: getuid() == 0, "only root can hide a folder by a mount"))
    func nginx() throws {
        let project = try SiteProject("preview")
        let run = try deploy(
            project, "unshare -m sh -c 'mount -t tmpfs none /usr/sbin && DEPLOY'",
            path: "/usr/local/bin:/usr/bin:/bin")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[nginx-missing]"), "\(run.standardErrorText)")
        #expect(isNothingLeft(of: project))
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("no curl")
    func curl() throws {
        let project = try SiteProject("preview")
        _ = try project.shell(
            "mkdir tools; ln -sf /usr/local/bin/* /usr/bin/* /usr/sbin/nginx tools/; rm tools/curl")
        let run = try deploy(project, "DEPLOY", path: "\(project.root)/tools")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[curl-missing]"), "\(run.standardErrorText)")
        #expect(isNothingLeft(of: project))
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
    }

    @Test("no free port", .enabled(if: getuid() == 0, "only root can make a network of its own"))
    func port() throws {
        let project = try SiteProject("preview")
        // A network of its own, in which a process listens at each port that sites may have.
        try project.write(
            "hold.py",
            """
            import resource, socket, subprocess, sys
            limit = max(12000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            held = [socket.create_server(("0.0.0.0", port)) for port in range(20000, 30000)]
            sys.exit(subprocess.run(sys.argv[1:]).returncode)

            """)
        let run = try deploy(project, "unshare -n python3 hold.py DEPLOY")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[no-free-port]"), "\(run.standardErrorText)")
        #expect(isNothingLeft(of: project))
    }

    @Test(
        "a container that somebody removes as it starts",
        .enabled(if: hasEngine, "needs a Docker engine"))
    func container() throws {
        let project = try SiteProject("local")
        try project.write(
            "tools/docker",
            """
            #!/bin/sh
            PATH=${PATH#*:}
            [ "$1 $2" = "container start" ] || exec docker "$@"
            docker "$@" && docker rm --force "$4" > /dev/null

            """)
        try FileSystem.changeMode("\(project.root)/tools/docker", to: 0o755)
        let run = try deploy(
            project, "DEPLOY", path: "\(project.root)/tools:\(Environment.value("PATH") ?? "")")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[site-vanished]"), "\(run.standardErrorText)")
        #expect(try project.pipeline("run", "deploy", "-e", "local").exit == .exited(0))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }
}
