import Glibc
import Posix
import Processes
import Testing

/// Whatever says what is live is lost, damaged or unreadable: the live site is never stopped before another answers, and
/// messages claim only what was looked at.
@Suite(.serialized)
struct UnknownLiveTests {
    private static let upstream = ".pipeline/environments/preview/front/upstream.conf"

    @Test(
        "the front's file is there and cannot be used",
        arguments: [
            "echo garbage > FILE", "printf '\\377\\376' > FILE", ": > FILE",
            "rm FILE; mkdir FILE", "rm FILE; mkfifo FILE",
        ])
    func frontUnreadable(damage: String) throws {
        let project = try FrontProject.live()
        _ = try project.shell(damage.replacing("FILE", with: Self.upstream))
        try FrontProject.writeApp(project, code: "second code")
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(1))
        #expect(
            run.standardErrorText.contains("error[front-unreadable]"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("nothing was changed"))
        #expect(try project.page() == "code: first code")
        // What the message says helps.
        _ = try project.shell("rm -r \(Self.upstream)")
        let again = try FrontProject.deploy(project)
        #expect(again.exit == .exited(0), "\(again.standardErrorText)")
        #expect(try project.page() == "code: second code")
    }

    /// A project of somebody who is not root, and its deployment by that user.
    private func ofNobody() throws -> (SiteProject, () throws -> ProcessOutput) {
        let project = try FrontProject.make()
        _ = try project.shell("chown -R nobody . && chmod 755 .")
        return (
            project,
            {
                try project.shell(
                    "HOME=/tmp setpriv --reuid=65534 --regid=65534 --clear-groups "
                        + "\(SiteProject.tool) run deploy -e preview")
            }
        )
    }

    @Test(
        "the front's file may not be read",
        .enabled(if: getuid() == 0, "only root can become somebody else"))
    func frontForbidden() throws {
        let (project, deploy) = try ofNobody()
        let first = try deploy()
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        try FrontProject.writeApp(project, code: "x", start: "sys.exit(3)")
        _ = try project.shell("chmod 000 \(Self.upstream)")
        let run = try deploy()
        #expect(
            run.standardErrorText.contains("error[front-unreadable]"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("Permission denied"))
        #expect(try project.page() == "code: first code")
    }

    @Test(
        "the record of a site may not be read",
        .enabled(if: getuid() == 0, "only root can become somebody else"))
    func recordForbidden() throws {
        let (project, deploy) = try ofNobody()
        #expect(try deploy().exit == .exited(0))
        try FrontProject.writeApp(project, code: "second code")
        _ = try project.shell("chmod 000 .pipeline/environments/preview/sites/site-1.json")
        let run = try deploy()
        #expect(
            run.standardErrorText.contains("error[site-record-unreadable]"),
            "\(run.standardErrorText)")
        #expect(try project.page() == "code: first code")
        #expect(run.standardErrorText.contains("Release 1 goes on answering"))
    }

    @Test(
        "what is known of the live site is lost, and the next release cannot start",
        arguments: [
            "rm FRONT/upstream.conf", "echo '{' > SITES/site-1.json", "rm SITES/site-1.json",
            "rm SITES/site-1.*", ": > SITES/site-1.json",
        ])
    func recordLost(damage: String) throws {
        let project = try FrontProject.live()
        let folder = ".pipeline/environments/preview"
        _ = try project.shell(
            damage.replacing("FRONT", with: "\(folder)/front")
                .replacing("SITES", with: "\(folder)/sites"))
        try FrontProject.writeApp(project, code: "x", start: "sys.exit(3)")
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(1))
        #expect(
            run.standardErrorText.contains("error[release-unhealthy]"), "\(run.standardErrorText)")
        #expect(try project.page() == "code: first code")
        #expect(run.standardErrorText.contains("Release 1 goes on answering"))
        // And the next good one leaves nothing of it.
        try FrontProject.writeApp(project, code: "third code")
        let third = try FrontProject.deploy(project)
        #expect(third.exit == .exited(0), "\(third.standardErrorText)")
        #expect(try project.page() == "code: third code")
        let sites = Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview")
        #expect(sites.count == 1, "one site runs, none is left over")
    }

    @Test("\"goes on answering\" is said only of what answers")
    func nothingAnswers() throws {
        let project = try FrontProject.live()
        _ = try project.shell("kill -9 $(cat .pipeline/environments/preview/sites/*.pid)")
        try FrontProject.writeApp(project, code: "x", start: "sys.exit(3)")
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(1))
        #expect(!run.standardErrorText.contains("goes on answering"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("Release 1, which was live, does not answer"))
        #expect(run.standardErrorText.contains("pipeline up --environment preview"))
        let up = try project.pipeline("up", "-e", "preview")
        #expect(up.exit == .exited(0), "\(up.standardErrorText)")
        #expect(try project.page() == "code: first code")
    }

    @Test("a first release that does not come up leaves nothing that is called live")
    func firstFails() throws {
        let project = try FrontProject.make()
        try FrontProject.writeApp(project, code: "x", start: "sys.exit(3)")
        let run = try FrontProject.deploy(project)
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("Nothing was live before"))
        let releases = try project.pipeline("releases", "--json")
        #expect(releases.standardOutputText.contains("\"live\":null"), "\(releases)")
        let status = try project.pipeline("status").standardOutputText
        #expect(!status.contains("live since"), "\(status)")
        let up = try project.pipeline("up", "-e", "preview")
        #expect(up.exit == .exited(1))
        #expect(up.standardErrorText.contains("error[nothing-live]"), "\(up.standardErrorText)")
    }
}
