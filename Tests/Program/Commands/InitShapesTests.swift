import Posix
import Processes
import Testing

/// Shapes of folders that `init` meets.
struct InitShapesTests {
    @Test(
        "P21: a compose file of images only, a submodule that is not checked out: each is named, and nothing is guessed"
    )
    func named() throws {
        let layout = try SiteLayout(
            named: "shapes",
            [
                "compose.yaml": "services:\n  grafana: { image: \"grafana/grafana:10\" }\n",
                "data/raw/a.csv": "a\n",
                "make.py": "open('data/out.csv', 'w').write(open('data/raw/a.csv').read())\n",
                ".gitmodules": "[submodule \"lib\"]\n\tpath = lib/shared\n\turl = ../shared\n",
            ])
        try FileSystem.createDirectories("\(layout.root)/lib/shared")
        let text = try layout.tool("init", "--dry-run").standardOutputText
        #expect(text.contains("compose.yaml starts images only (grafana/grafana:10)"), "\(text)")
        #expect(text.contains("the submodule \"lib/shared\" is not checked out"), "\(text)")
        #expect(!text.contains("kind: image"))
        try layout.write("lib/shared/x.py", "")
        #expect(try !layout.tool("init", "-n").standardOutputText.contains("not checked out"))
    }

    @Test(
        "P21: a byte order mark is no part of a definition, an environment, a Dockerfile or a JSON file"
    )
    func marked() throws {
        let mark = "\u{FEFF}"
        let layout = try SiteLayout(
            named: "marked",
            [
                "Dockerfile": mark
                    + "FROM python:3.12\nCOPY . /app\nEXPOSE 8000\nCMD [\"gunicorn\", \"app:server\"]\n",
                "app.py": mark + "import dash\nserver = open('data/a.csv').read()\n",
                "data/a.csv": "a\n",
                "Dockerrun.aws.json": mark
                    + #"{"AWSEBDockerrunVersion": "1", "Volumes": [{"HostDirectory": "/efs/data", "ContainerDirectory": "/app/data"}]}"#,
            ])
        #expect(try layout.tool("init").exit == .exited(0))
        let definition = try layout.text("pipeline/pipeline.yaml")
        #expect(
            definition.contains("kind: image") && definition.contains("data: [data]"),
            "\(definition)")
        let local = try layout.text("pipeline/environments/local.yaml")
        #expect(local.contains("/app/data") && local.contains("8000"), "\(local)")
        try layout.write("pipeline/pipeline.yaml", mark + definition)
        try layout.write("pipeline/environments/local.yaml", mark + local)
        let plan = try layout.tool("plan", "sync", "-e", "local")
        #expect(plan.exit == .exited(0), "\(plan.standardErrorText)")
        #expect(plan.standardOutputText.contains("sync"), "\(plan.standardErrorText)")
    }
}
