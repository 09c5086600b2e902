import FoundationEssentials
import Posix
import Processes
import Testing

/// What `doctor` finds of stages and of a site on this machine, before a run would.
@Suite struct DoctorTests {
    private struct Found: Decodable {
        let area: String
        let subject: String
        let state: String
        let found: String
        let advice: String
    }

    private func doctor(_ site: SiteLayout, _ more: String...) throws -> (
        exit: ProcessExit, [Found]
    ) {
        let output = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "doctor", "--json"] + more, directory: site.root),
            timeout: 120)
        let found = try JSONDecoder().decode(
            [Found].self, from: Data(output.standardOutputText.utf8))
        return (output.exit, found)
    }

    private static let environment = """
        kind: preview
        data: { root: .pipeline/efs }
        site: { port: PORT, command: COMMAND, mount: { from: data }, health: { identity: none } }

        """

    @Test(
        "programs, scripts, modules, inputs, port, command and mount: each is found with what to do"
    )
    func found() throws {
        let site = try SiteLayout(
            named: "sick",
            [
                "pipeline/pipeline.yaml": """
                project: sick
                stages:
                  program: { kind: run, command: nosuchprogram --all }
                  shell: { kind: run, command: [sh, -c, "cd . && alsonone x | sort > y"] }
                  modules: { kind: run, command: python3 scripts/script.py, environment: { PYTHONPATH: lib } }
                  script: { kind: run, command: python3 gone.py }
                  input: { kind: run, command: cat raw/one.txt, inputs: raw/one.txt }
                  image: { kind: image, context: web }
                  sync: { kind: sync, data: out }
                  deploy: { kind: deploy, needs: sync }

                """,
                "scripts/script.py": """
                import json
                import own.inner
                from helper import anything
                try:
                    import optional_module
                except ImportError:
                    pass
                def late():
                    from nosuchmodule import x
                open("started", "w")

                """,
                "scripts/helper.py": "import alsomissing\nopen('started', 'w')\n",
                "lib/own/__init__.py": "", "lib/own/inner.py": "from . import other\n",
                "lib/own/other.py": "from json import nosuchname\n",
                "json.py": "open('started', 'w')\n",
                "out/a.txt": "a", "web/app.py": "",
            ])
        let server = try ChildProcess(
            ProcessCommand([
                "python3", "-c",
                "import socket; s = socket.create_server(('127.0.0.1', 0)); "
                    + "print(s.getsockname()[1], flush=True); s.accept()",
            ]), standardOutput: .pipe, standardError: .null)
        defer { server.terminate(grace: 0) }
        let line = try Descriptors.read(server.standardOutput ?? -1, upTo: 100)
        let port = String(decoding: line, as: UTF8.self).prefix { $0.isNumber }
        try site.write(
            "pipeline/environments/here.yaml",
            Self.environment.replacing("PORT", with: port)
                .replacing("COMMAND", with: "\"nosuchserver --port {port}\""))

        let (exit, found) = try doctor(site)
        #expect(exit == .exited(1))
        let bad = found.filter { $0.state == "error" }
        for (subject, text) in [
            ("nosuchprogram", "stage program starts it"), ("alsonone", "stage shell starts it"),
            ("nosuchmodule", "scripts/script.py line 9 imports it"),
            ("alsomissing", "scripts/helper.py line 1 imports it"),
            ("json", "lib/own/other.py line 1 imports it"),
            ("gone.py", "stage script runs it"), ("input", "input reads raw/one.txt"),
            ("port \(port)", "python3 -c"), ("site", "nosuchserver"),
            ("mount data", "no sync stage sends it"),
        ] {
            #expect(
                bad.contains { $0.subject == subject && $0.found.contains(text) },
                "\(subject): \(found.map { "\($0.subject) \($0.state): \($0.found)" })")
        }
        #expect(bad.count == 10, "\(bad.map { "\($0.subject): \($0.found)" })")
        #expect(bad.allSatisfy { !$0.advice.isEmpty })
        #expect(try !site.exists("started"), "nothing of the project is run")
    }

    @Test("what a run can begin with is found to be there, and Python's environment is asked")
    func healthy() throws {
        let site = try SiteLayout(
            named: "well",
            [
                "pipeline/pipeline.yaml": """
                project: well
                stages:
                  make: { kind: run, command: [python3, make.py], inputs: raw }
                  sync: { kind: sync, needs: make, data: out }

                """,
                "make.py": "import json, tool\nimport os\nos.makedirs('out', exist_ok=True)\n"
                    + "open('out/a', 'w').write(tool.NAME)\n",
                "raw/a.txt": "a",
                "pipeline/environments/here.yaml": "kind: data\ndata: { root: .pipeline/slots }\n",
            ])
        let (sick, first) = try doctor(site)
        #expect(sick == .exited(1))
        #expect(first.contains { $0.subject == "tool" && $0.state == "error" })
        // The module is in the project's environment, and nowhere else.
        let made = try ProcessRunner.run(
            ProcessCommand(
                [
                    "sh", "-c",
                    "python3 -m venv --without-pip .venv && echo \"NAME = 'x'\" > \"$(echo .venv/lib/python3*/site-packages)/tool.py\"",
                ], directory: site.root), timeout: 60)
        #expect(made.exit == .exited(0))
        let (exit, found) = try doctor(site)
        #expect(exit == .exited(0), "\(found.filter { $0.state == "error" }.map(\.found))")
        #expect(found.contains { $0.subject == "Python" && $0.found.hasSuffix("/.venv (.venv)") })
        #expect(try site.tool("run").exit == .exited(0))
        #expect(try site.text("out/a") == "x")
    }

    @Test(
        "a root that is not there and a submodule that is not checked out are errors, with what to do"
    )
    func missingFolders() throws {
        let site = try SiteLayout(
            named: "folders",
            [
                "pipeline/pipeline.yaml": """
                project: folders
                roots: { lab: /nonexistent/lab, near: ROOT }
                stages:
                  make: { kind: run, command: ls shared, inputs: "roots:near/*.txt", outputs: [] }

                """,
                ".gitmodules": "[submodule \"shared\"]\n\tpath = shared\n\turl = ../shared\n",
                "../near/a.txt": "a",
            ])
        let text = try site.text("pipeline/pipeline.yaml")
        try site.write(
            "pipeline/pipeline.yaml",
            text.replacing("ROOT", with: try FileSystem.realPath(site.root + "/../near")))
        let (exit, found) = try doctor(site)
        #expect(exit == .exited(1))
        let bad = found.filter { $0.state == "error" }
        #expect(bad.map(\.subject) == ["root lab", "submodule"], "\(bad.map(\.found))")
        #expect(bad[0].found == "there is no folder \"/nonexistent/lab\"")
        #expect(bad[1].found.contains("\"shared\" is not checked out"))
        #expect(bad[1].advice == "git submodule update --init")
        try site.write("shared/a", "a")
        #expect(try doctor(site).1.contains { $0.subject == "root near" && $0.state == "ok" })
        #expect(try !doctor(site).1.contains { $0.subject == "submodule" })
    }

    @Test("a port of a static site that somebody holds is an error")
    func staticPort() throws {
        let server = try ChildProcess(
            ProcessCommand([
                "python3", "-c",
                "import socket; s = socket.create_server(('127.0.0.1', 0)); "
                    + "print(s.getsockname()[1], flush=True); s.accept()",
            ]), standardOutput: .pipe, standardError: .null)
        defer { server.terminate(grace: 0) }
        let line = try Descriptors.read(server.standardOutput ?? -1, upTo: 100)
        let port = String(decoding: line, as: UTF8.self).prefix { $0.isNumber }
        let site = try SiteLayout(
            named: "pages",
            [
                "pipeline/pipeline.yaml":
                    "project: pages\nstages:\n  sync: { kind: sync, data: public }\n"
                    + "  deploy: { kind: deploy, needs: sync }\n",
                "public/index.html": "x",
                "pipeline/environments/web.yaml":
                    "kind: static\ndata: { root: www }\nstatic: { folder: public, serve: { port: \(port) } }\n",
            ])
        let (exit, found) = try doctor(site, "-e", "web")
        #expect(exit == .exited(1))
        #expect(
            found.contains {
                $0.subject == "port \(port)" && $0.state == "error" && $0.found.contains("python3")
            }, "\(found.map(\.found))")
    }

    @Test("a mount that would hide the image's code is an error")
    func hides() throws {
        let site = try SiteLayout(
            named: "hidden",
            [
                "pipeline/pipeline.yaml": """
                project: hidden
                stages:
                  image: { kind: image, context: . }
                  push: { kind: push, needs: image }
                  sync: { kind: sync, data: data }
                  deploy: { kind: deploy, needs: [push, sync] }

                """,
                "Dockerfile": "FROM scratch\nWORKDIR /srv/app\nCOPY . .\n", "data/a": "a",
                "pipeline/environments/here.yaml":
                    "kind: local\nrepository: 127.0.0.1:1/x\ndata: { root: .pipeline/slots }\n"
                    + "site: { port: 8123, mount: { from: data, to: /srv } }\n",
            ])
        let (exit, found) = try doctor(site)
        #expect(exit == .exited(1))
        #expect(
            found.contains {
                $0.subject == "mount /srv" && $0.found.contains("would hide /srv/app")
                    && $0.state == "error"
            })
        #expect(
            found.contains { $0.subject == "registry" && $0.state == "error" },
            "nothing answers at the registry of this machine")
    }

    @Test("what a proposed definition leaves open is reported until it is settled")
    func proposed() throws {
        let site = try SiteLayout(
            named: "open",
            [
                "first.py": "open('data/out/t.csv', 'w').write(open('data/raw/a.csv').read())\n",
                "second.py": "open('data/out/t.csv', 'w').write(open('data/raw/a.csv').read())\n",
                "third.py":
                    "import os\nos.makedirs('data/more', exist_ok=True)\n"
                    + "open('data/more/u.csv', 'w').write(open('data/raw/a.csv').read())\n",
                "data/raw/a.csv": "1\n",
                "pipeline/environments/production.yaml.draft": "kind: data\n",
            ])
        #expect(try site.tool("init").exit == .exited(0))
        func warnings() throws -> [String] {
            try doctor(site).1.filter { $0.area == "definition" && $0.state == "warning" }
                .map(\.subject)
        }
        #expect(try warnings() == ["production.yaml.draft", "questions", "commands"])
        #expect(try site.tool("run", "--yes").exit == .exited(0))
        #expect(try warnings() == ["production.yaml.draft", "questions"])
    }
}
