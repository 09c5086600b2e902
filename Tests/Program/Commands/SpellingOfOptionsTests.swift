import Posix
import Processes
import Testing

/// U41: an option in any spelling means the same everywhere: detached, in kept plans, and in the next command.
struct SpellingOfOptionsTests {
    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  one:
                    command: sh -c "until test -e go; do sleep 0.05; done; cp in.txt {output}"
                    inputs: in.txt
                    outputs: one.txt

            """)
        try project.write("in.txt", "x\n")
        return project
    }

    @Test(
        "U41: a run is detached once, however the option is spelled",
        arguments: [["-d"], ["--detach"], ["-dv"], ["-vd"], ["-dvj2"], ["-vdj", "2"]])
    func detachedOnce(options: [String]) throws {
        let project = try project()
        let started = try project.tool(arguments: ["run"] + options)
        #expect(started.exit == .exited(0), "\(started.standardErrorText)")
        #expect(started.standardErrorText.contains("run 1 runs in the background"))
        try project.write("go", "")
        #expect(try project.tool("attach").exit == .exited(0))
        #expect(try project.text("one.txt") == "x\n")
        let logs = try FileSystem.entries(of: project.path(".pipeline/logs/detached"))
        #expect(logs.count == 1)
    }

    @Test("U41: a detached run finds the project that a relative path named")
    func detachedElsewhere() throws {
        let project = try project()
        try FileSystem.createDirectories(project.path("elsewhere"))
        let started = try ProcessRunner.run(
            ProcessCommand(
                [UnitProject.tool, "run", "-d", "--project=.."],
                directory: project.path("elsewhere")),
            timeout: 60)
        #expect(started.exit == .exited(0), "\(started.standardErrorText)")
        try project.write("go", "")
        #expect(try project.tool("attach").exit == .exited(0))
        #expect(try project.text("one.txt") == "x\n")
    }

    @Test(
        "U41: the next command keeps the environment, however it was spelled",
        arguments: [["-elab"], ["-e", "lab"], ["-e=lab"], ["--environment=lab"]])
    func environment(options: [String]) throws {
        let project = try project()
        _ = try project.shell("mkdir -p efs")
        for name in ["lab", "other"] {
            try project.write(
                "pipeline/environments/\(name).yaml",
                "kind: data\ndata: { root: \(project.path("efs")), slots: 2 }\n")
        }
        let refused = try project.tool(arguments: ["rollback", "--to", "7"] + options)
        let lines = refused.standardErrorText.split(separator: "\n")
        #expect(
            lines.contains("        pipeline releases -e lab"),
            "\(refused.standardErrorText)")
    }

    @Test(
        "U41: the next command has the option that was missing, and the others as typed",
        arguments: [
            (["-vj2"], "-v -j 2 --environment lab"),
            (["--jobs=2", "-v", "--", "sync"], "--jobs 2 -v sync --environment lab"),
        ])
    func again(options: [String], expected: String) throws {
        let project = try UnitProject(
            "project: p\nstages:\n  sync: { kind: sync, data: data }\n")
        _ = try project.shell("mkdir -p efs")
        for name in ["lab", "other"] {
            try project.write(
                "pipeline/environments/\(name).yaml",
                "kind: data\ndata: { root: \(project.path("efs")), slots: 2 }\n")
        }
        let refused = try project.tool(arguments: ["run"] + options)
        #expect(
            refused.standardErrorText.contains("        pipeline run \(expected)\n"),
            "\(refused.standardErrorText)")
    }

    @Test("a pattern of --only that no unit matches is an error of the command line")
    func onlyNothing() throws {
        let project = try project()
        try project.write("go", "")
        for command in ["run", "plan"] {
            let refused = try project.tool(command, "--only", "make/oen")
            #expect(refused.exit == .exited(2), "\(refused.standardErrorText)")
            #expect(refused.standardErrorText.contains("error[only-nothing]"))
            #expect(refused.standardErrorText.contains("make/one"), "\(refused.standardErrorText)")
        }
        #expect(try !project.exists("one.txt"))
        // One that matches does not excuse one that does not.
        let half = try project.tool("run", "--only", "make/one", "--only", "other/*")
        #expect(half.exit == .exited(2))
        #expect(try !project.exists("one.txt"))
        #expect(try project.tool("run", "--only", "make/*").exit == .exited(0))
        #expect(try project.exists("one.txt"))
    }
}
