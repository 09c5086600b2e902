import Processes
import Testing

/// A site that looks for its data beside its own code, as most do that were never meant for this tool.
struct PreviewMountTests {
    private func project() throws -> SiteProject {
        let project = try SiteProject("preview")
        try project.write(
            "pipeline/environments/preview.yaml",
            project.environmentText(
                kind: "preview",
                extra:
                    "  command: python3 app.py\n  mount: { from: data/compiled, to: tables/now }\n")
        )
        // A process needs none.
        _ = try project.shell("rm site/Dockerfile")
        try app(project, "first code")
        return project
    }

    private func app(_ project: SiteProject, _ code: String) throws {
        try project.writeApp(
            code: code,
            behaviour: """
                import builtins, pathlib
                HERE = pathlib.Path(__file__).resolve().parent
                def open(_):
                    near = (HERE / "tables/now/line.txt").read_text()
                    assert near == pathlib.Path("tables/now/line.txt").read_text()
                    return builtins.open(HERE / "tables/now/line.txt")
                """)
    }

    @Test("P24: a preview's code finds the release's data at a path of its own, forth and back")
    func linked() throws {
        let project = try project()
        let first = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
        // The same code over other data is another folder: the release before keeps its own.
        try project.write("raw.txt", "second data\n")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        #expect(try project.page() == "code: first code; data: SECOND DATA")
        let back = try project.pipeline("rollback", "-e", "preview")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.page() == "code: first code; data: FIRST DATA")
    }

    @Test("P24: where the code has something at that path itself, nothing is started")
    func hidden() throws {
        let project = try project()
        try project.write("site/tables/now", "mine\n")
        let run = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(run.exit == .exited(1), "\(run.standardErrorText)")
        #expect(
            run.standardErrorText.contains("error[mount-hides-code]"), "\(run.standardErrorText)")
        #expect(try project.page() == "")
    }

    @Test(
        "P24: only a preview has such a path, and it lies in its code",
        arguments: [
            ("local", "tables"), ("preview", "../tables"), ("preview", "a//b"),
        ])
    func refused(kind: String, path: String) throws {
        let project = try SiteProject(kind)
        try project.write(
            "pipeline/environments/\(kind).yaml",
            project.environmentText(
                kind: kind, extra: "  command: python3 app.py\n  mount: { to: \(path) }\n"))
        let plan = try project.pipeline("plan", "-e", kind)
        #expect(plan.exit == .exited(2))
        #expect(plan.standardErrorText.contains("error[bad-path]"), "\(plan.standardErrorText)")
    }
}
