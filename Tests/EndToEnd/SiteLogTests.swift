import Posix
import Processes
import Testing

/// Why a site did not come up is reported by the site's own lines, and all of them can be read.
@Suite(.serialized)
struct SiteLogTests {
    /// A server's many lines after the exception that ended it.
    private static let failing = """
        print("told on standard output", flush=True)
        try:
            raise RuntimeError("database password missing")
        except RuntimeError:
            import traceback; traceback.print_exc()
        for number in range(40): print("[ERROR] worker line", number, file=sys.stderr)
        sys.exit(3)
        """

    @Test(
        "the message has the exception and the log, and `logs` shows all",
        arguments: ReleaseTests.kinds)
    func failed(kind: String) throws {
        let project = try SiteProject(kind)
        try project.writeApp(code: "x", behaviour: Self.failing)
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(1))
        let said = run.standardErrorText
        let log = ".pipeline/environments/\(kind)/sites/site-1.log"
        #expect(said.contains("RuntimeError: database password missing"), "\(said)")
        #expect(said.contains("log: \(log)"), "\(said)")
        #expect(said.contains("worker line 39"), "the last lines too")

        let all = try project.pipeline("logs", "--site", "-e", kind)
        #expect(all.exit == .exited(0))
        for line in ["told on standard output", "database password missing", "worker line 0"] {
            #expect(all.standardOutputText.contains(line), "\(line): \(all.standardOutputText)")
        }
        #expect(all.standardErrorText.contains(log))
        #expect(try FileSystem.status("\(project.root)/\(log)")?.mode == 0o600)
        for words in [["logs"], ["logs", "deploy/\(kind)"]] {
            let found = try ProcessRunner.run(project.command(words), timeout: 60)
            #expect(found.standardOutputText.contains("database password missing"), "\(words)")
            #expect(found.standardErrorText.contains("pipeline logs --site --environment \(kind)"))
        }
        // The log of what is live goes up to now.
        try project.writeApp(code: "good", behaviour: "print('hello of the good one', flush=True)")
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        let live = try project.pipeline("logs", "--site", "-e", kind)
        #expect(live.standardOutputText.contains("hello of the good one"))
        let deploy = try project.pipeline("logs", "deploy/\(kind)")
        #expect(deploy.standardErrorText.contains("logs --site"), "\(deploy.standardErrorText)")
        let older = try project.pipeline("logs", "--site", "-e", kind, "--deployment", "1")
        #expect(older.standardOutputText.contains("database password missing"))
        let list = try project.pipeline("logs", "--site", "--list", "-e", kind).standardOutputText
        #expect(list.contains("deployment 1, release 1, failed"), "\(list)")
        #expect(list.contains("deployment 2, release 2, live"), "\(list)")
        let none = try project.pipeline("logs", "--site", "-e", kind, "--deployment", "9")
        #expect(none.exit == .exited(2))
        #expect(none.standardErrorText.contains("error[no-such-deployment]"))
    }

    @Test("a preview's process gets what the definition names, and none of the operator's secrets")
    func environment() throws {
        let project = try FrontProject.make(
            more: "  environment: { MODE: test }\n  pass_environment: [WANTED]\n")
        var command = project.command(["run", "deploy", "-e", "preview"])
        for name in ["AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN", "DATABASE_URL"] {
            command.environment[name] = "canary"
        }
        command.environment["WANTED"] = "passed on"
        let run = try ProcessRunner.run(command, timeout: 240)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        let seen = try project.shell(
            "curl -s http://127.0.0.1:\(project.port)/env"
        ).standardOutputText
        #expect(!seen.contains("canary"), "\(seen)")
        for part in ["\"MODE\": \"test\"", "\"WANTED\": \"passed on\"", "\"PATH\": "] {
            #expect(seen.contains(part), "\(part): \(seen)")
        }
        let kept = try project.shell("sqlite3 .pipeline/ledger.sqlite .dump")
        #expect(!kept.standardOutputText.contains("passed on"), "values are recorded nowhere")
    }
}
