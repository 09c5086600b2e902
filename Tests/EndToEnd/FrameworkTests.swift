import Processes
import Testing

/// Sites that were never changed for this tool: an app of Streamlit and one of Datasette.
struct FrameworkTests {
    @Test(
        "an app that does not know the tool goes live, rolls back, and a broken one does not go live",
        arguments: FrameworkProject.Framework.allCases, FrameworkProject.kinds)
    func unchanged(framework: FrameworkProject.Framework, kind: String) throws {
        let project = try FrameworkProject(framework, kind)
        let first = try project.pipeline("run", "deploy", "-e", kind)
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(first.standardOutputText == "http://127.0.0.1:\(project.port)/\n")
        #expect(first.standardErrorText.contains("the site does not name its release"))
        #expect(try project.page() == "first code; first data")

        let again = try project.pipeline("run", "deploy", "-e", kind)
        #expect(
            again.standardErrorText.contains("known by its process and port"),
            "\(again.standardErrorText)")

        try project.writeApp(code: "second code")
        try project.write("raw.txt", "second data\n")
        let second = try project.pipeline("run", "deploy", "-e", kind)
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try project.page() == "second code; second data")
        let back = try project.pipeline("rollback", "-e", kind)
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.page() == "first code; first data")

        // An exception when it starts.
        try project.writeApp(code: "third code", isBroken: true)
        try refused(project, kind)
        // It ends.
        try project.writeApp(code: "fourth code")
        try project.writeEnvironment(command: "exit 3")
        let ended = try refused(project, kind)
        #expect(ended.contains("ended") || ended.contains("it died"), "\(ended)")
        // It runs and never listens.
        try project.writeEnvironment(command: "exec sleep 600", within: 2)
        try refused(project, kind)
        #expect(try project.page() == "first code; first data")
    }

    @discardableResult
    private func refused(_ project: FrameworkProject, _ kind: String) throws -> String {
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(1), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("is not healthy"), "\(run.standardErrorText)")
        #expect(
            run.standardErrorText.contains("Release 1 goes on answering"),
            "\(run.standardErrorText)")
        return run.standardErrorText
    }

    @Test(
        "one that names no release where that is expected is reported at once, with the line to write",
        arguments: FrameworkProject.kinds.prefix(1))
    func unnamed(kind: String) throws {
        let project = try FrameworkProject(.datasette, kind)
        try project.writeEnvironment(health: "{ path: /-/versions.json, within: 10m }")
        let silent = try project.pipeline("run", "deploy", "-e", kind)
        #expect(silent.exit == .exited(1))
        #expect(
            silent.standardErrorText.contains("error[release-unnamed]"),
            "\(silent.standardErrorText)")
        #expect(
            silent.standardErrorText.contains(
                "health: { path: /-/versions.json, identity: none }"))

        try project.writeEnvironment(health: "{ within: 10m }")
        let missing = try project.pipeline("run", "deploy", "-e", kind)
        #expect(
            missing.standardErrorText.contains("health: { path: /, identity: none }"),
            "\(missing.standardErrorText)")
    }

    @Test(
        "a process that is not the site's own does not count, whatever it answers at the port",
        arguments: FrameworkProject.kinds.filter { $0 == "preview" })
    func foreign(kind: String) throws {
        let project = try FrameworkProject(.datasette, kind)
        // It hands its port to a process in a session of its own, without the variables it was given.
        try project.writeEnvironment(
            command:
                "setsid env -i PATH=\"$PATH\" python3 -m http.server \"$PORT\" --bind 127.0.0.1 --directory \"$SITE_DATA\" & exec sleep 600",
            health: "{ path: /, identity: none, steady_for: 0s, within: 20s }")
        let run = try project.pipeline("run", "deploy", "-e", kind)
        _ = try project.shell("pkill -f 'http.server.*\(project.root)' || true")
        #expect(run.exit == .exited(1))
        #expect(
            run.standardErrorText.contains("answers at its port, not the site that was started"),
            "\(run.standardErrorText)")
    }
}
