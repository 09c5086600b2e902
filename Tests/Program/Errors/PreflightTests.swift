import Processes
import Testing

/// Stages that could never succeed are refused before anything runs.
struct PreflightTests {
    private func project(_ stages: String, kind: String = "local") throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  one: { command: [cp, in.txt, "{output}"], inputs: in.txt, outputs: out/one.txt }
            \(stages)

            """)
        try project.write("in.txt", "x\n")
        try project.write(
            "pipeline/environments/there.yaml",
            "kind: \(kind)\nrepository: 127.0.0.1:5000/p\ndata: { root: slots }\n"
                + (kind == "data" ? "" : "site: { port: 18999, command: [a] }\n"))
        return project
    }

    private static let image = "  image: { kind: image, context: site }\n"
    private static let sync = "  sync: { kind: sync, needs: compile, data: [out] }\n"

    @Test(
        "before anything runs, with the line of the stage",
        arguments: [
            (sync + "  deploy: { kind: deploy, needs: sync }", "no-image-stage", "local", 7),
            (sync + "  deploy: { kind: deploy, needs: sync }", "no-image-stage", "preview", 7),
            (image + sync + "  deploy: { kind: deploy, needs: sync }", "no-push-stage", "local", 8),
            (
                image + "  push: { kind: push, needs: image }\n"
                    + "  deploy: { kind: deploy, needs: [push, compile] }", "no-sync-stage",
                "local", 8
            ),
            ("  image: { kind: image, context: stie, needs: compile }", "no-context", "local", 6),
            (
                "  image: { kind: image, context: pipeline, needs: compile }", "dockerfile-missing",
                "local", 6
            ),
            ("  sync: { kind: sync, needs: compile, data: [uot] }", "no-data", "data", 6),
        ])
    func refused(stages: String, code: String, kind: String, line: Int) throws {
        let project = try project(stages, kind: kind)
        try project.write("site/Dockerfile", "FROM scratch\n")
        let run = try project.tool("run")
        #expect(run.exit == .exited(2), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("error[\(code)]"), "\(run.standardErrorText)")
        #expect(
            run.standardErrorText.contains("pipeline.yaml:\(line):"), "\(run.standardErrorText)")
        #expect(try !project.exists("out/one.txt"))
        #expect(try !project.exists(".pipeline/ledger.sqlite"))
        let plan = try project.tool("plan")
        let said = plan.standardErrorText + plan.standardOutputText
        #expect(plan.exit != .exited(0) || said.contains("no "), "\(said)")
        // What can be done is done when it is asked for by itself.
        #expect(try project.tool("run", "compile").exit == .exited(0))
    }

    @Test(
        "data that a stage makes is no obstacle, and neither are stages of an environment that has none"
    )
    func notRefused() throws {
        let project = try project(
            Self.sync + "  deploy: { kind: deploy, needs: sync }", kind: "data")
        let run = try project.tool("run")
        #expect(!run.standardErrorText.contains("error[no-"), "\(run.standardErrorText)")
        #expect(try project.exists("out/one.txt"))
    }

    @Test(
        "an environment's file that is wrong is refused before anything runs, with line and column")
    func wrongEnvironment() throws {
        let project = try project(Self.sync, kind: "data")
        try project.write(
            "pipeline/environments/there.yaml", "kind: data\ndata:\n  root: slots\n  slosts: 2\n")
        for command in ["run", "plan"] {
            let refused = try project.tool(command)
            #expect(refused.exit == .exited(2), "\(refused.standardErrorText)")
            #expect(
                refused.standardErrorText.contains("pipeline/environments/there.yaml:4:3"),
                "\(refused.standardErrorText)")
        }
        #expect(try !project.exists("out/one.txt"))
    }
}
