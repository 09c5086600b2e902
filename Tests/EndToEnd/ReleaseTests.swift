import Processes
import Testing

/// The whole chain on the built program, with a real engine, a real registry and a real front.
@Suite(.serialized)
struct ReleaseTests {
    static let kinds = hasEngine ? ["local", "preview"] : ["preview"]

    @Test("code and data go live together, and come back together", arguments: kinds)
    func forthAndBack(kind: String) throws {
        let project = try SiteProject(kind)
        let first = try project.pipeline("run", "deploy", "-e", kind)
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(first.standardOutputText == "http://127.0.0.1:\(project.port)/\n")
        #expect(try project.page() == "code: first code; data: FIRST DATA")

        let again = try project.pipeline("run", "deploy", "-e", kind, "--json")
        #expect(again.exit == .exited(0))
        #expect(!again.standardOutputText.contains("unit-started"), "nothing runs")
        // By now no file is so young that its content could change without a trace.
        let third = try project.pipeline("run", "deploy", "-e", kind, "--json")
        #expect(third.standardOutputText.firstRange(of: /"hashed_files":[1-9]/) == nil)
        #expect(third.standardOutputText.contains("\"hashed_files\":0"))

        try project.writeApp(code: "second code")
        try project.write("raw.txt", "second data\n")
        let second = try project.pipeline("run", "deploy", "-e", kind)
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try project.page() == "code: second code; data: SECOND DATA")

        let work = "'compile', 'image', 'push', 'sync'"
        let before = try project.attempts(work)
        let back = try project.pipeline("rollback", "-e", kind)
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
        let forth = try project.pipeline("rollback", "-e", kind)
        #expect(forth.exit == .exited(0))
        #expect(try project.page() == "code: second code; data: SECOND DATA")
        #expect(
            try project.attempts(work) == before, "nothing is compiled, built, pushed or copied")
    }

    @Test("only the data changes: only data is sent", arguments: kinds)
    func dataOnly(kind: String) throws {
        let project = try SiteProject(kind)
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        let builds = try project.attempts("'image', 'push'")
        try project.write("raw.txt", "other data\n")
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try project.page() == "code: first code; data: OTHER DATA")
        #expect(try project.attempts("'image', 'push'") == builds)
    }

    @Test("a touched input and a second deployment change nothing", arguments: kinds)
    func touched(kind: String) throws {
        let project = try SiteProject(kind)
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        let before = try project.attempts("'compile', 'image', 'push', 'sync', 'deploy'")
        _ = try project.shell("touch raw.txt site/app.py data/compiled/line.txt")
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        #expect(try project.attempts("'compile', 'image', 'push', 'sync', 'deploy'") == before)
    }

    @Test("a site that was stopped by hand is brought back", arguments: kinds)
    func stoppedByHand(kind: String) throws {
        let project = try SiteProject(kind)
        #expect(try project.pipeline("run", "deploy", "-e", kind).exit == .exited(0))
        _ = try project.shell(
            kind == "local"
                ? "docker ps -q --filter label=pipeline.project=\(project.root) | xargs docker stop -t 1"
                : "kill $(cat .pipeline/environments/preview/sites/*.pid)")
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("a slot that somebody else wrote to is not believed")
    func foreignMarker() throws {
        let project = try SiteProject("preview")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        _ = try project.shell(
            "sed -i 's/\"generation\": 1/\"generation\": 7/' "
                + ".pipeline/environments/preview/efs/a/.pipeline-release.json")
        let plan = try project.pipeline("plan", "sync", "-e", "preview")
        #expect(plan.standardOutputText.contains("sync/preview"), "\(plan.standardOutputText)")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("rolling back to a release whose slot was used again fills a slot from the store")
    func slotUsedAgain() throws {
        let project = try SiteProject("preview")
        for number in 1...5 {
            try project.write("raw.txt", "data \(number)\n")
            let run = try project.pipeline("run", "deploy", "-e", "preview")
            #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        }
        let back = try project.pipeline("rollback", "-e", "preview", "--to", "1")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        let page = try project.page()
        #expect(page == "code: first code; data: DATA 1")
    }
}
