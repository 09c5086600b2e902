import Posix
import Processes
import Testing

/// Whatever fails on the way, the chain stops there and the release that was live goes on answering.
@Suite(.serialized)
struct FailureTests {
    private func live(_ kind: String) throws -> SiteProject {
        let project = try SiteProject(kind)
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        return project
    }

    private func expectStopped(
        _ project: SiteProject, _ kind: String, _ code: String = "error[release-unhealthy]",
        saying text: String
    ) throws {
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains(text), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains(code), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("fix the errors above and run again"))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("a build that fails", .enabled(if: hasEngine, "needs a Docker engine"))
    func build() throws {
        let project = try live("local")
        try project.write(
            "site/Dockerfile", SiteProject.dockerfile + "RUN echo no such luck; false\n")
        let pushes = try project.attempts("'push', 'deploy'")
        try expectStopped(project, "local", "error[image-build-failed]", saying: "no such luck")
        #expect(try project.attempts("'push', 'deploy'") == pushes)
    }

    @Test("a push that fails", .enabled(if: hasEngine, "needs a Docker engine"))
    func push() throws {
        let project = try live("local")
        try project.write(
            "pipeline/environments/local.yaml",
            project.environmentText(kind: "local", extra: "", repository: "127.0.0.1:1/nowhere"))
        let deployments = try project.attempts("'deploy'")
        try expectStopped(
            project, "local", "error[image-push-failed]", saying: "127.0.0.1:1/nowhere")
        #expect(try project.attempts("'deploy'") == deployments)
    }

    @Test(
        "a push that reaches another image", .enabled(if: hasEngine, "needs a Docker engine"))
    func otherImage() throws {
        let project = try live("local")
        // Docker's client that tells of a digest and has pushed nothing.
        try project.write(
            "tools/docker",
            """
            #!/bin/sh
            PATH=${PATH#*:}
            [ "$1" = push ] || exec docker "$@"
            echo "v1: digest: sha256:$(printf %064d 7) size: 1"

            """)
        try FileSystem.changeMode("\(project.root)/tools/docker", to: 0o755)
        try project.writeApp(code: "second code")
        var command = project.command(["run", "deploy", "-e", "local"])
        command.environment["PATH"] = "\(project.root)/tools:\(Environment.value("PATH") ?? "")"
        let run = try ProcessRunner.run(command, timeout: 240)
        #expect(run.exit == .exited(1))
        #expect(
            run.standardErrorText.contains("error[not-at-registry]"), "\(run.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("a site that dies after some seconds", arguments: ReleaseTests.kinds)
    func dies(kind: String) throws {
        let project = try live(kind)
        try project.writeApp(
            code: "dying code", behaviour: "threading.Timer(1.5, lambda: os._exit(3)).start()")
        try expectStopped(project, kind, saying: "is not healthy")
    }

    @Test("data that the site cannot read", arguments: ReleaseTests.kinds)
    func unreadable(kind: String) throws {
        let project = try live(kind)
        try project.writeApp(
            code: "blind code", behaviour: "PROBLEMS.append('default_circos.pkl cannot be loaded')")
        try expectStopped(project, kind, saying: "default_circos.pkl cannot be loaded")
    }

    @Test("a page that is not as it must be", arguments: ReleaseTests.kinds)
    func smoke(kind: String) throws {
        let project = try live(kind)
        try project.writeApp(code: "x", behaviour: "CODE = ''\nimport builtins")
        let text = try project.shell("sed -i 's/code: {CODE}/nothing/' site/app.py")
        #expect(text.exit == .exited(0))
        try expectStopped(
            project, kind, "error[smoke-check]", saying: "a smoke check failed")
    }

    @Test("a front that does not take the change")
    func front() throws {
        let project = try live("preview")
        try project.write(
            "tools/nginx", "#!/bin/sh\necho 'nginx: [emerg] no such luck' >&2\nexit 1\n")
        try FileSystem.changeMode("\(project.root)/tools/nginx", to: 0o755)
        try project.writeApp(code: "second code")
        var command = project.command(["run", "deploy", "-e", "preview"])
        command.environment["PATH"] = "\(project.root)/tools:\(Environment.value("PATH") ?? "")"
        let run = try ProcessRunner.run(command, timeout: 240)
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[front-refused]"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("no such luck"))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("an empty data folder never empties the site")
    func emptyData() throws {
        let project = try live("preview")
        _ = try project.shell("rm -rf data/compiled && mkdir -p data/other")
        let definition = SiteProject.definition.replacing(
            "data: data/compiled", with: "data: data/other")
        try project.write("pipeline/pipeline.yaml", definition)
        let run = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("error[empty-data]"))
        #expect(run.standardErrorText.contains("empty data release"))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }
}
