import Posix
import Processes
import Testing

/// The first run of a definition that `init` proposed, and the Python that its stages get.
@Suite struct FirstRunTests {
    private static let program = """
        import os
        os.makedirs("data/compiled", exist_ok=True)
        open("data/compiled/line.txt", "w").write(open("data/raw/line.csv").read().upper())

        """

    /// A folder whose one program makes what is sent.
    private func proposed(_ files: [String: String] = [:]) throws -> SiteLayout {
        let site = try SiteLayout(
            named: "first",
            ["tables.py": Self.program, "data/raw/line.csv": "first\n"].merging(files) { $1 })
        #expect(try site.tool("init").exit == .exited(0))
        return site
    }

    @Test("what a proposed definition starts is shown and confirmed, once")
    func confirmed() throws {
        let site = try proposed()
        let refused = try site.tool("run")
        #expect(refused.exit == .exited(2))
        #expect(
            refused.standardErrorText.contains("error[commands-not-confirmed]"),
            "\(refused.standardErrorText)")
        #expect(refused.standardErrorText.contains("compile: python3 tables.py"))
        #expect(refused.standardErrorText.contains("pipeline run --yes"))
        #expect(try !site.exists("data/compiled/line.txt"))

        let first = try site.tool("run", "--yes")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(first.standardErrorText.contains("compile: python3 tables.py"))
        #expect(try site.text("data/compiled/line.txt") == "FIRST\n")
        let second = try site.tool("run")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(!second.standardErrorText.contains("compile: python3"))
        // Another command is shown again; one of a person's own definition is not.
        let other = try site.text("pipeline/pipeline.yaml").replacing(
            "python3, tables.py", with: "python3, -B, tables.py")
        try site.write("pipeline/pipeline.yaml", other)
        #expect(try site.tool("run").exit == .exited(2))
        try site.write("pipeline/pipeline.yaml", "# Ours\n" + other)
        #expect(try site.tool("run").exit == .exited(0))
    }

    @Test(
        "a person at a terminal is asked, and nothing starts without a yes",
        arguments: [("yes", 0), ("no", 1)])
    func asked(answer: String, exit: Int32) throws {
        let site = try proposed()
        let terminal = """
            import os, pty, sys
            pid, fd = pty.fork()
            if pid == 0: os.execv(sys.argv[2], sys.argv[2:])
            seen = b""
            try:
                while chunk := os.read(fd, 4096):
                    seen += chunk
                    if seen.endswith(b"start them:\\r\\n"): os.write(fd, sys.argv[1].encode() + b"\\n")
            except OSError: pass
            sys.stdout.buffer.write(seen)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let run = try ProcessRunner.run(
            ProcessCommand(
                ["python3", "-c", terminal, answer, UnitProject.tool, "run"], directory: site.root),
            timeout: 60)
        #expect(run.exit == .exited(exit), "\(run.standardOutputText)")
        #expect(run.standardOutputText.contains("compile: python3 tables.py"))
        #expect(try site.exists("data/compiled/line.txt") == (exit == 0))
    }

    @Test("Python stages of a proposed definition run in the project's own environment")
    func environment() throws {
        let site = try proposed(["requirements.txt": "pandas\n"])
        let missing = try site.tool("run", "--yes")
        #expect(missing.exit == .exited(2))
        #expect(
            missing.standardErrorText.contains("error[no-python-environment]"),
            "\(missing.standardErrorText)")
        #expect(
            missing.standardErrorText.contains(
                "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"))
        #expect(try !site.exists("data/compiled/line.txt"))

        for folder in [".venv", "other"] {
            let made = try ProcessRunner.run(
                ProcessCommand(
                    ["python3", "-m", "venv", "--without-pip", folder], directory: site.root),
                timeout: 60)
            #expect(made.exit == .exited(0))
        }
        let seen = "import sys\nopen('prefix', 'w').write(sys.prefix)\n"
        try site.write("tables.py", seen + Self.program)
        #expect(try site.tool("run", "--yes").exit == .exited(0))
        #expect(try site.text("prefix") == site.root + "/.venv")
        let text = try site.text("pipeline/pipeline.yaml")
        for (name, prefix) in [
            ("other", site.root + "/other"), ("other/bin/python", site.root + "/other"),
        ] {
            try site.write("pipeline/pipeline.yaml", "python: \(name)\n" + text)
            #expect(try site.tool("run", "--force").exit == .exited(0))
            #expect(try site.text("prefix") == prefix)
        }
        try site.write("pipeline/pipeline.yaml", "python: PATH\n" + text)
        #expect(try site.tool("run", "--force").exit == .exited(0))
        #expect(try !site.text("prefix").hasPrefix(site.root))
        try site.write("pipeline/pipeline.yaml", "python: nowhere\n" + text)
        let named = try site.tool("run")
        #expect(
            named.exit == .exited(2), "one that a definition names is needed in every definition")
        #expect(named.standardErrorText.contains("\"nowhere\", which the definition names"))
    }

    @Test("a definition of a person's own runs as before where the project has no environment")
    func ownDefinition() throws {
        let site = try SiteLayout(
            named: "own",
            [
                "requirements.txt": "pandas\n", "tables.py": Self.program,
                "data/raw/line.csv": "first\n",
                "pipeline/pipeline.yaml":
                    "project: own\nstages:\n  tables: { kind: run, command: python3 tables.py }\n",
            ])
        #expect(try site.tool("run").exit == .exited(0))
        #expect(try site.text("data/compiled/line.txt") == "FIRST\n")
    }
}
