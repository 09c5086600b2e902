import Posix
import Processes
import Testing

/// `init` by the built program, on the folders of `Tests/layouts` and on strange ones: what it writes is valid, can be
/// planned at once, and is the same a second time.
struct InitTests {
    @Test(
        "what is proposed for each layout can be planned, and a second call finds all as it is",
        arguments: [
            ("cells", "compile circos interactions ligand_effects image push sync deploy"),
            ("course-overlay", "sync"),
            ("dash-with-database", "stations summary image push sync deploy"),
            ("data-packages", "sync"), ("datasette-air", "compile image push sync deploy"),
            ("experiments-on-ecs", "image push sync deploy"),
            ("quarto-report", "prepare fit render sync deploy"),
            ("reef-by-cdk", "image push sync deploy"),
            ("streamlit-with-dvc", "prepare train score-de score-fr image push sync deploy"),
        ])
    func layouts(name: String, stages: String) throws {
        let site = try SiteLayout(copying: name)
        let made = try site.tool("init")
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        let plan = try site.plan()
        #expect(plan.names == stages.split(separator: " ").map(String.init))
        #expect(plan.isMissingNothing)
        let again = try site.tool("init")
        #expect(again.exit == .exited(0))
        #expect(again.standardOutputText.contains("nothing was written"))
        #expect(made.standardOutputText.contains("1. `pipeline plan`"))
    }

    @Test("two sites in one folder get a definition each, and none is written where one cannot be")
    func severalSites() throws {
        let site = try SiteLayout(copying: "two-sites")
        try site.write("sites/water/pipeline/pipeline.yaml", "project: mine\n")
        #expect(try site.tool("init").exit == .exited(1))
        #expect(try !site.exists("sites/air/pipeline"))
        #expect(try site.tool("init", "--force").exit == .exited(0))
        #expect(try site.text("sites/air/pipeline/pipeline.yaml").contains("\nproject: air\n"))
        #expect(try site.text("sites/water/pipeline/pipeline.yaml").contains("\nproject: water\n"))
        #expect(try !site.exists("pipeline"))
        let document = try site.tool("init", "--json").standardOutputText
        #expect(document.contains("\"folder\":\"sites/water\""), "\(document)")
    }

    @Test("credentials are named by file and line, never by value, and stay out of the image")
    func credentials() throws {
        let value = "AKIA" + "ABCDEFGHIJKLMNOP"
        let site = try SiteLayout(
            named: "keys",
            [
                "Dockerfile": "FROM python:3.11\nWORKDIR /app\nCOPY . .\n",
                ".env": "# ours\nAWS_ACCESS_KEY_ID=\(value)\n",
                "load.sh": "#!/bin/sh\n# a comment\nexport KEY=\(value)\n",
            ])
        for options in [["init", "--dry-run"], ["init", "--json"]] {
            let made = try ProcessRunner.run(
                ProcessCommand([UnitProject.tool] + options, directory: site.root), timeout: 120)
            let text = made.standardOutputText + made.standardErrorText
            #expect(text.contains(".env line 2 holds a credential (AWS access key)"), "\(text)")
            #expect(text.contains("load.sh line 3 holds a credential"), "\(text)")
            #expect(!text.contains(value))
        }
        #expect(try site.text(".dockerignore").contains("\n.env\n"))
    }

    @Test("without Python it reports that, and proposes what it reads itself")
    func withoutPython() throws {
        let site = try SiteLayout(copying: "streamlit-with-dvc")
        let command = ProcessCommand(
            [UnitProject.tool, "init"], environment: ["PATH": "/nonexistent"], directory: site.root)
        let made = try ProcessRunner.run(command, timeout: 60)
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        #expect(
            made.standardOutputText.contains(
                "programs were not read, as there is no python3 here"), "\(made.standardOutputText)"
        )
        // dvc.yaml lists what its stages read and write.
        #expect(try site.plan().names.starts(with: ["prepare", "train", "score-de", "score-fr"]))
    }

    @Test("nothing of the folder is started while it is read")
    func runsNothing() throws {
        let site = try SiteLayout(
            named: "quiet",
            [
                "make.py":
                    "open('started', 'w')\nimport pandas\npandas.DataFrame().to_csv('data/a.csv')\n",
                "sitecustomize.py": "open('started', 'w')\n", "calls.py": "open('started', 'w')\n",
                "json.py": "open('started', 'w')\n", "data/raw.csv": "1\n",
            ])
        #expect(try site.tool("init").exit == .exited(0))
        #expect(try !site.exists("started"))
    }

    @Test("data packages reach a slot with the definition that is proposed")
    func packages() throws {
        let site = try SiteLayout(copying: "data-packages")
        #expect(try site.tool("init").exit == .exited(0))
        #expect(try site.tool("run").exit == .exited(0))
        #expect(try site.exists(".pipeline/environments/local/data/a/data_packages/GBR/reef.gpkg"))
    }

    @Test("names that would break YAML, templates, patterns or the terminal")
    func hostile() throws {
        let folder = "data: {x} # \"q\" *[a]\n\u{202E}"
        let site = try SiteLayout(
            named: "-O'Brien: \"site\"\n",
            [
                "Dockerfile": "FROM scratch\nCOPY . .\n",
                "\(folder)/raw {n}/a.csv": "1", "\(folder)/out/b.feather": "2",
                "-make {data} [x].py":
                    "if __name__ == \"__main__\":\n    x.to_csv(\"true/data/t.csv\")\n",
                "true/data/x.csv": "1", "123/data/y.csv": "1",
            ])
        let made = try site.tool("init")
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        #expect(!made.standardOutputText.contains("\u{202E}"))
        let plan = try site.plan()
        #expect(plan.names == ["compile", "image", "push", "sync", "deploy"])
        #expect(plan.isMissingNothing)
        #expect(try site.text("pipeline/pipeline.yaml").hasPrefix("# "))
        #expect(try !site.text("pipeline/pipeline.yaml").contains("\u{202E}"))
        let files = try site.tool("data", "files", "--json").standardOutputText
        #expect(files.contains("b.feather") && files.contains("true/data/x.csv"), "\(files)")
        #expect(!files.contains("\"bytes\":1,\"path\":\"data: {x} # \\\"q\\\" *[a]\\n\u{202E}/raw"))
        // No data is in the image: the folder is named in .dockerignore with all its marks.
        #expect(try site.tool("init", "--json").standardOutputText.contains("\"added\":[]"))
    }

    @Test("what is there is not replaced without --force, and a second call finds all the same")
    func again() throws {
        let site = try SiteLayout(copying: "cells")
        _ = try ProcessRunner.run(ProcessCommand(["git", "init", "-q"], directory: site.root))
        let dry = try site.tool("init", "--dry-run")
        #expect(dry.exit == .exited(0))
        #expect(dry.standardOutputText.contains("\n  compile:\n"))
        #expect(try !site.exists("pipeline"))
        #expect(try !site.exists(".gitignore"))
        #expect(try site.tool("init").exit == .exited(0))
        #expect(try site.text(".gitignore").hasSuffix("\n.pipeline/\n"))
        let ignored = try site.text(".dockerignore")
        let second = try site.tool("init")
        #expect(second.exit == .exited(0))
        #expect(second.standardOutputText.contains("nothing was written"))
        #expect(try site.text(".dockerignore") == ignored)

        try site.write("pipeline/pipeline.yaml", "project: mine\n")
        let refused = try site.tool("init")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("pipeline/pipeline.yaml is there already"))
        #expect(try site.text("pipeline/pipeline.yaml") == "project: mine\n")
        #expect(try site.tool("init", "--force").exit == .exited(0))
        #expect(try site.plan().names.first == "compile")

        let nothing = try SiteLayout(named: "empty", ["notes.txt": "x"])
        let empty = try nothing.tool("init")
        #expect(empty.exit == .exited(1))
        #expect(empty.standardErrorText.contains("there is nothing to propose"))
        #expect(try !nothing.exists("pipeline"))
    }

    @Test("every command of the page about existing sites works as it stands there")
    func page() throws {
        let site = try SiteLayout(copying: "cells")
        let page = try FileSystem.readText(Self.repository + "/docs/guide/existing-site.md")
        var commands: [Substring] = []
        var isInside = false
        for line in page.split(separator: "\n") {
            if line.hasPrefix("```") {
                isInside = line == "```sh"
            } else if isInside {
                commands.append(line)
            }
        }
        // The others start programs of the folder: `FirstRunTests`, `DoctorTests` and `InitTraceTests` are about them.
        let looking = commands.prefix(3)
        #expect(looking == ["pipeline init --dry-run", "pipeline init", "pipeline plan"])
        #expect(
            commands.dropFirst(3) == [
                "pipeline run deploy", "pipeline doctor -e local", "pipeline init --trace compile",
            ])
        let folder = String(UnitProject.tool.dropLast("/pipeline".count))
        let script = "set -e; PATH=\(folder):$PATH\n" + looking.joined(separator: "\n")
        let ran = try ProcessRunner.run(
            ProcessCommand(["sh", "-c", script], directory: site.root), timeout: 120)
        #expect(ran.exit == .exited(0), "\(ran.standardErrorText)")
        #expect(ran.standardOutputText.contains("→ compile"))
    }

    private static let repository = String(
        #filePath.dropLast("/Tests/Program/Commands/InitTests.swift".count))
}
