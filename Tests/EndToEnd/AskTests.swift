import Posix
import Processes
import TestServers
import Testing

/// Plans and questions about releases, on the built program.
@Suite struct AskTests {
    @Test(
        "X12: from a file of a release back, from an input forward to releases, and why there is a release"
    )
    func releases() throws {
        let project = try SiteProject("preview")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        try project.write("raw.txt", "second data\n")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        let file = "data/compiled/line.txt"
        let old = try project.pipeline("why", file, "--release", "1")
        #expect(old.exit == .exited(0), "\(old.standardErrorText)")
        #expect(old.standardOutputText.contains("as in release 1 of preview"))
        #expect(old.standardOutputText.contains("made by compile/shout in run 1"))
        let raw = old.standardOutputText.split(separator: "\n").filter { $0.contains("raw.txt") }
        #expect(raw.contains { !$0.contains("as now") }, "the input of then is not that of now")
        let new = try project.pipeline("why", file, "--release", "2").standardOutputText
        #expect(new.contains("made by compile/shout in run 2"))

        let forward = try project.pipeline("why", "raw.txt").standardOutputText
        #expect(forward.contains("held by 2 releases"))
        #expect(forward.contains("2  preview  live      1 file made from it  as it is now"))
        #expect(forward.contains("1  preview  was live  1 file made from it  as it was: "))
        let code = try project.pipeline("why", "site/app.py", "--forward").standardOutputText
        #expect(code.contains("its code  as it is now"))

        let release = try project.pipeline("why", "--release", "2").standardOutputText
        #expect(release.contains("differs from release 1 in\n  data manifest"))
        #expect(release.contains("because input raw.txt changed"))
        #expect(release.contains("changed  \(file)  compile/shout, run 2"))
        #expect(try project.pipeline("why", "--release", "9").exit == .exited(1))
        let other = try project.pipeline("why", "raw.txt", "--release", "1").standardErrorText
        #expect(other.contains("error[not-in-release]: "), "\(other)")
        _ = try project.shell("rm -r .pipeline/store")
        let lost = try project.pipeline("why", file, "--release", "1").standardErrorText
        #expect(lost.contains("error[release-list-lost]: "), "\(lost)")
    }

    @Test("X10: a kept plan is refused when a slot or the live release is another than then")
    func remote() throws {
        let project = try SiteProject("preview")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        try project.write("raw.txt", "second data\n")
        #expect(try project.pipeline("run", "compile").exit == .exited(0))
        let plan = try project.pipeline("plan", "deploy", "-e", "preview", "--save", "kept.plan")
        #expect(plan.exit == .exited(0), "\(plan.standardErrorText)")
        #expect(plan.standardOutputText.contains("1 file, 12 B to send"))
        let marker = ".pipeline/environments/preview/efs/a/.pipeline-release.json"
        _ = try project.shell("cp -p \(marker) marker; rm \(marker)")
        let moved = try project.pipeline("run", "--plan", "kept.plan")
        #expect(moved.exit == .exited(5))
        #expect(moved.standardErrorText.contains("stage sync: slot a  "))
        let status = try project.pipeline("status", "-e", "preview").standardOutputText
        #expect(status.contains("its content has drifted"), "\(status)")
        _ = try project.shell("cp -p marker \(marker)")
        #expect(try project.pipeline("run", "--plan", "kept.plan").exit == .exited(0))
        #expect(try project.page() == "code: first code; data: SECOND DATA")
        let after = try project.pipeline("status", "-e", "preview").standardOutputText
        #expect(after.contains("preview: up to date"), "\(after)")
    }
}

/// Plans against the stand-in for AWS.
@Suite(
    .serialized, .enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudPlanTests {
    @Test("X10, C36: a plan tells what costs, only asks, and is refused when another version runs")
    func plans() throws {
        let standIn = try AWSStandIn()
        let project = try CloudProject(
            standIn, data: "route: transfer, file_system: FS, root: site, slots: 2")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        let first = try project.label()
        try project.site.writeApp(code: "second code")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        try project.site.write("raw.txt", "second data\n")
        #expect(try project.pipeline("run", "compile").exit == .exited(0))
        let list = "find . -printf '%p %y %s %T@ %i\\n' | sort"
        let before = try project.site.shell(list).standardOutputText
        try standIn.forgetJournal()
        let kept = Environment.value("TMPDIR") ?? "/tmp"
        let file = "\(kept)/\(project.name).plan"
        defer { try? FileSystem.remove(file) }
        let plan = try project.pipeline("plan", "deploy", "--save", file)
        #expect(plan.exit == .exited(0), "\(plan.standardErrorText)")
        #expect(plan.standardOutputText.contains("about 0.30 USD an hour"))
        let calls = try standIn.calls()
        #expect(!calls.isEmpty)
        #expect(
            calls.allSatisfy { $0.firstMatch(of: /:(Get|Describe|List|Head)/) != nil }, "\(calls)")
        #expect(try project.site.shell(list).standardOutputText == before)

        let label = try project.label()
        // Somebody goes back to the first version by Beanstalk's own means.
        try standIn.aws(
            "elasticbeanstalk", "update-environment", "--environment-name", "\(project.name)-env",
            "--version-label", first)
        try Await.that { try project.label() == first }
        let refused = try ProcessRunner.run(
            ProcessCommand(
                [SiteProject.tool, "run", "--plan", file],
                environment: standIn.environment(operator: "alice"), directory: project.site.root),
            timeout: 240)
        #expect(refused.exit == .exited(5), "\(refused.standardErrorText)")
        #expect(
            refused.standardErrorText.contains("version of the environment  \(label) -> \(first)"),
            "\(refused.standardErrorText)")
        #expect(try standIn.paid() == "[]")
    }
}
