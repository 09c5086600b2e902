import Posix
import Processes
import TestServers
import Testing

/// Habits of real folders that `init` meets.
struct InitHabitsTests {
    @Test(
        "P23: data in a folder beside the project becomes a root and an input; a change of it is seen"
    )
    func outside() throws {
        let layout = try SiteLayout(
            named: "genes",
            [
                "make_genes.py": """
                import csv, glob
                from pathlib import Path
                RAW = Path(__file__).resolve().parent.parent / "sequencing runs"
                out = Path(__file__).resolve().parent / "data" / "genes"
                out.mkdir(parents=True, exist_ok=True)
                with open(out / "all.csv", "w") as target:
                    for path in sorted(glob.glob(str(RAW / "*.csv"))):
                        target.write(open(path).read())
                open(out / "plate.csv", "w").write(open("/nowhere/lab/plate.csv").read())

                """,
                "../sequencing runs/a.csv": "1\n",
                "data/genes/old.csv": "0\n",
            ])
        let proposed = try layout.tool("init")
        #expect(proposed.exit == .exited(0), "\(proposed.standardErrorText)")
        let definition = try layout.text("pipeline/pipeline.yaml")
        let raw = try FileSystem.realPath("\(layout.root)/../sequencing runs")
        #expect(definition.contains("roots:\n  sequencing-runs: \"\(raw)\"\n"), "\(definition)")
        #expect(definition.contains("inputs: [\"roots:sequencing-runs/*.csv\"]"), "\(definition)")
        // What is not on this machine is left to its owner.
        let words = definition.split { $0 == "\n" || $0 == " " || $0 == "#" }.joined(separator: " ")
        #expect(
            words.contains(
                "reads /nowhere/lab/plate.csv, outside of this folder and not on this machine"))

        let source = try layout.text("make_genes.py").split(separator: "\n").dropLast()
        try layout.write(
            "make_genes.py",
            source.joined(separator: "\n") + "\nopen(out / 'plate.csv', 'w').write('p')\n")
        #expect(try layout.tool("run", "compile", "--yes").exit == .exited(0))
        #expect(try layout.text("data/genes/all.csv") == "1\n")
        try layout.write("../sequencing runs/b.csv", "2\n")
        #expect(try layout.tool("run", "compile", "--yes").exit == .exited(0))
        #expect(try layout.text("data/genes/all.csv") == "1\n2\n")
    }

    @Test("P23: absolute paths of the folder itself are read as what they are, and named")
    func absolute() throws {
        let layout = try SiteLayout(named: "own", ["data/raw/a.csv": "a\n"])
        try layout.write(
            "make.py",
            "text = open('\(layout.root)/data/raw/a.csv').read()\n"
                + "open('\(layout.root)/data/out.csv', 'w').write(text)\n")
        let text = try layout.tool("init", "--dry-run").standardOutputText
        #expect(text.contains("inputs: [data/raw/a.csv]"), "\(text)")
        #expect(text.contains("outputs: data/out.csv"), "\(text)")
        #expect(text.contains("absolute paths of this folder"), "\(text)")
        #expect(text.contains("make.py line 1, make.py line 2"), "\(text)")
    }

    @Test(
        "P23: a script that changes to its author's folder, and a dvc.yaml that is none, are named")
    func named() throws {
        let layout = try SiteLayout(
            named: "reef",
            [
                "R/import.R":
                    "setwd(\"~/projects/reef\")\nd <- read.csv(\"data/raw/fish counts.csv\")\n"
                    + "saveRDS(d, file = \"data/fish.rds\")\n",
                "data/raw/fish counts.csv": "n\n3\n",
                "dvc.yaml": "stages:\n  a:\n    outs: [x-${year}.csv]\n",
            ])
        let text = try layout.tool("init", "--dry-run").standardOutputText
        #expect(text.contains("command: [Rscript, R/import.R]"), "\(text)")
        let words = text.split { $0 == "\n" || $0 == " " || $0 == "#" }.joined(separator: " ")
        #expect(words.contains("R/import.R line 1 changes to \"~/projects/reef\""), "\(text)")
        #expect(text.contains("dvc.yaml could not be read (line 3"), "\(text)")
    }

    @Test(
        "P24: an app without a Dockerfile is proposed as a process, with its data beside its code",
        arguments: [
            (
                "import streamlit as st\nst.title('x')\n",
                "streamlit, run, app.py, \"--server.port\", \"{port}\"", "/_stcore/health"
            ),
            (
                "import panel as pn\npn.panel('x').servable()\n",
                "panel, serve, app.py, \"--port\", \"{port}\"", "/app"
            ),
            (
                "from shiny import App, ui\napp = App(ui.page_fluid(), None)\n",
                "shiny, run, \"--host\", \"127.0.0.1\", \"--port\", \"{port}\", app.py", "/"
            ),
        ])
    func process(app: String, command: String, health: String) throws {
        let layout = try SiteLayout(
            named: "app",
            [
                "app.py": app + "import csv\nrows = list(csv.reader(open('tabellen/a.csv')))\n",
                "tabellen/a.csv": "a\n", "requirements.txt": "x\n",
            ])
        #expect(try layout.tool("init").exit == .exited(0))
        let local = try layout.text("pipeline/environments/local.yaml")
        #expect(local.contains("kind: preview\n"), "\(local)")
        #expect(
            local.contains("command: [\"{root}/.venv/bin/python\", \"-m\", \(command)"), "\(local)")
        #expect(local.contains("mount: { from: tabellen, to: tabellen }"), "\(local)")
        #expect(local.contains("path: \(health), identity: none"), "\(local)")
        let definition = try layout.text("pipeline/pipeline.yaml")
        #expect(definition.contains("needs: [image, sync]"), "\(definition)")
        let ignored = try layout.text(".dockerignore").split(separator: "\n").map(String.init)
        #expect(ignored.contains("tabellen") && ignored.contains(".venv"), "\(ignored)")
        let plan = try layout.tool("plan")
        #expect(plan.exit == .exited(0), "\(plan.standardErrorText)")
    }

    @Test("P24: a Procfile tells how a site without a Dockerfile starts, and it does")
    func procfile() throws {
        let layout = try SiteLayout(
            named: "heroku",
            [
                "Procfile": "web: python3 serve.py --port $PORT\r\nworker: python3 other.py\n",
                "serve.py": """
                import http.server, sys
                class Page(http.server.BaseHTTPRequestHandler):
                    def do_GET(self):
                        text = open("tabellen/a.csv", "rb").read()
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(text)))
                        self.end_headers()
                        self.wfile.write(text)
                http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Page).serve_forever()

                """,
                "tabellen/a.csv": "a,b\n",
            ])
        #expect(try layout.tool("init").exit == .exited(0))
        let port = try SSHServer.freePort()
        let path = "pipeline/environments/local.yaml"
        let local = try layout.text(path)
        #expect(
            local.contains("command: [sh, \"-c\", \"exec python3 serve.py --port $PORT\"]"),
            "\(local)")
        try layout.write(
            path, local.replacing("port: 8000", with: "port: \(port)"))
        let run = try layout.tool("run", "deploy", "--yes")
        defer { stop(layout.root) }
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        let page = try ProcessRunner.run(
            ProcessCommand(["curl", "-s", "-m", "10", "http://127.0.0.1:\(port)/"]), timeout: 20)
        #expect(page.standardOutputText == "a,b\n")
    }

    /// The site and its front.
    private func stop(_ root: String) {
        for pid in Host.processes(withEnvironment: "PIPELINE_SITE=\(root)#local") {
            StrayProcesses.terminate([pid], grace: 0)
        }
        let front = "\(root)/.pipeline/environments/local/front/front.pid"
        let text = try? FileSystem.readText(front)  // try?: then there is none
        if let pid = text.flatMap({ Int32($0.prefix { $0.isNumber }) }) {
            StrayProcesses.terminate([pid], grace: 1)
        }
    }

    @Test("P24: with two apps and nothing that names one, nothing is started")
    func ambiguous() throws {
        let app = "import streamlit as st\nst.table(open('data/a.csv').read())\n"
        let files = ["one.py": app, "two.py": app, "data/a.csv": "a\n"]
        let layout = try SiteLayout(named: "apps", files)
        let text = try layout.tool("init", "--dry-run").standardOutputText
        #expect(text.contains("kind: data\n") && !text.contains("kind: preview"), "\(text)")
        try layout.write("README.md", "Start it by\n\n    streamlit run two.py\n")
        let told = try layout.tool("init", "--dry-run").standardOutputText
        #expect(told.contains("streamlit, run, two.py"), "\(told)")
    }
}
