import Posix
import Processes
import Testing

/// `pipeline up` and `restart` on this machine.
@Suite(.serialized)
struct UpTests {
    /// As a reboot leaves it: nothing runs, all files are there.
    private func reboot(_ project: SiteProject) throws {
        _ = try project.shell(
            project.environment == "local"
                ? "docker ps -q --filter label=pipeline.project=\(project.root) | xargs docker kill"
                : "kill -9 $(cat .pipeline/environments/preview/sites/*.pid)")
        _ = try project.shell("pkill -9 -f '[n]ginx: master process .*\(project.root)'")
        // Workers have no master now, and a machine that was started has none of them either.
        let workers = try project.shell(
            "for p in $(pgrep -f '[n]ginx: worker'); do "
                + "readlink /proc/$p/fd/* 2>/dev/null | grep -q \(project.root) && kill -9 $p; done; true"
        )
        #expect(workers.exit == .exited(0))
    }

    @Test(
        "after a reboot the live release comes back, and only that one",
        arguments: ReleaseTests.kinds)
    func afterReboot(kind: String) throws {
        let project = try SiteProject(kind)
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        try project.writeApp(code: "second code")
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        #expect(try project.pipeline("rollback", "-e", kind).exit == .exited(0))
        try reboot(project)
        #expect(try project.page() == "")
        let work = "'compile', 'image', 'push', 'sync'"
        let before = try project.attempts(work)
        // What was edited since is not deployed by it.
        try project.writeApp(code: "third code")
        let up = try project.pipeline("up", "-e", kind)
        #expect(up.exit == .exited(0), "\(up.standardErrorText)")
        #expect(up.standardOutputText == "http://127.0.0.1:\(project.port)/\n")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
        #expect(try project.attempts(work) == before)
        let running = try project.shell(
            kind == "local"
                ? "docker ps -q --filter label=pipeline.project=\(project.root) | wc -l"
                : "ls .pipeline/environments/preview/sites/*.pid | wc -l")
        #expect(running.standardOutputText == "1\n")
        let deployments = try project.attempts("'up'")
        let again = try project.pipeline("up", "-e", kind)
        #expect(again.exit == .exited(0))
        #expect(try project.attempts("'up'") == deployments, "nothing was to be done")
    }

    @Test("restart reads the data again, and compiles nothing")
    func restart() throws {
        let project = try SiteProject("preview")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        let before = try project.attempts("'compile', 'image', 'push', 'sync'")
        let old = Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview")
        let run = try project.pipeline("restart", "-e", "preview")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        let new = Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview")
        #expect(new.count == 1 && new != old)
        #expect(try project.page() == "code: first code; data: FIRST DATA")
        #expect(try project.attempts("'compile', 'image', 'push', 'sync'") == before)
    }
}
