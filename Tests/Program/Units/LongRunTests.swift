import Posix
import Processes
import Testing

/// Runs that go on without a terminal, are looked at, and are ended, on the built program.
struct LongRunTests {
    private func project(_ seconds: String, count: Int = 3) throws -> UnitProject {
        let units = (1...count).map {
            """
                  u\($0):
                    command: sh -c "sleep \(seconds); echo \($0) > {output}"
                    outputs: out/\($0).txt

            """
        }
        return try UnitProject(
            "project: p\nstages:\n  make:\n    kind: compile\n    jobs: 1\n    units:\n"
                + units.joined())
    }

    @Test("C18: a detached run goes on in a session of its own, and attach shows all of it")
    func detached() throws {
        let project = try project("0.3")
        let started = try project.tool("run", "--detach")
        #expect(started.exit == .exited(0), "\(started.standardErrorText)")
        #expect(started.standardErrorText.contains("run 1 runs in the background"))
        let pid = try #require(
            started.standardErrorText.firstMatch(of: /process (\d+)/)?.output.1)
        // It leads its session, so that the end of this one does not reach it.
        #expect(try project.shell("ps -o sid= -p \(pid)").filter(\.isNumber) == String(pid))
        let status = try project.tool("status")
        #expect(status.standardOutputText.contains("run 1 running"), "\(status.standardOutputText)")
        let attached = try project.tool("attach")
        #expect(attached.exit == .exited(0), "\(attached.standardErrorText)")
        #expect(attached.standardErrorText.contains("3 ran"), "\(attached.standardErrorText)")
        #expect(try project.text("out/3.txt") == "3\n")
    }

    @Test("a detached run that cannot begin says why, with its exit code")
    func badStart() throws {
        let project = try project("0")
        let unknown = try project.tool("run", "nothing", "--detach")
        #expect(unknown.exit == .exited(2), "\(unknown.standardErrorText)")
        #expect(unknown.standardErrorText.contains("no stage \"nothing\""))
        let none = try project.tool("attach")
        #expect(none.exit == .exited(1))
    }

    @Test("stop ends a run from another shell; what is complete is kept, and the next run goes on")
    func stopped() throws {
        let project = try project("1", count: 5)
        _ = try project.tool("run", "--detach")
        #expect(try project.wait { try project.exists("out/1.txt") })
        let stop = try project.tool("stop")
        #expect(stop.exit == .exited(0), "\(stop.standardErrorText)")
        #expect(stop.standardErrorText.contains("it has ended"))
        #expect(try project.tool("attach").exit == .exited(130))
        #expect(try !project.exists("out/5.txt"))
        #expect(try project.tool("stop").standardErrorText.contains("nothing runs here"))
        let next = try project.run()
        #expect(next.exit == .exited(0))
        #expect(next.ran.count < 5)
    }

    @Test("a signal that comes twice ends a run at once, however long its units take to end")
    func atOnce() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  stubborn:
                    command: sh -c "trap '' TERM INT; touch started; sleep 60 & wait; sleep 60"
                    outputs: out.txt
            """)
        let run = try project.start()
        #expect(try project.wait { try project.exists("started") })
        run.signal(2)
        _ = try Poll.wait([], timeoutMs: 50)
        run.signal(2)
        #expect(run.wait(timeoutMs: 1500) == .exited(130))
        #expect(
            try project.wait {
                Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(project.root)").isEmpty
            })
    }

    @Test("--only runs what is named and what that needs; --failed what failed")
    func chosen() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  a:
                    command: sh -c "echo a > {output}"
                    outputs: a.txt
                  b:
                    command: sh -c "cat {input} > {output}"
                    inputs: a.txt
                    outputs: b.txt
                  c:
                    command: sh -c "test -e allowed && echo c > {output}"
                    outputs: c.txt
                  d:
                    command: sh -c "echo d > {output}"
                    outputs: d.txt
            """)
        #expect(try project.run("--only", "make/b").ran == ["make/a", "make/b"])
        #expect(try project.run("--only", "make/[cd]").units("failed") == ["make/c"])
        try project.write("allowed", "")
        try project.write("unused", "")
        #expect(try project.run("--failed").ran == ["make/c"])
        #expect(try project.run().ran == [])
    }

    @Test("what is wanted first starts first, then what took longest the last time")
    func scheduled() throws {
        func unit(_ name: String, _ seconds: String, _ more: String = "") -> String {
            "      \(name):\n        command: sh -c \"sleep \(seconds); echo \(name) >> order.txt; touch {output}\"\n"
                + "        outputs: out/\(name).txt\n\(more)"
        }
        let project = try UnitProject(
            "project: p\nstages:\n  make:\n    kind: compile\n    jobs: 1\n    units:\n"
                + unit("short", "0") + unit("long", "0.4") + unit("middle", "0.2")
                + unit("wanted", "0", "        priority: 1\n"))
        #expect(try project.run().exit == .exited(0))
        #expect(try project.text("order.txt") == "wanted\nshort\nlong\nmiddle\n")
        _ = try project.shell("rm order.txt")
        let again = try project.run("--force")
        #expect(try project.text("order.txt") == "wanted\nlong\nmiddle\nshort\n")
        #expect(again.events.contains { $0.event == "expected" })
    }

    @Test("verify reads everything; gc keeps what is needed and says what it takes")
    func storage() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  a:
                    command: sh -c "tr a-z A-Z < {input} > {output}"
                    inputs: in.txt
                    outputs: out/a.txt
                  b:
                    command: sh -c "echo b > {output}"
                    outputs: out/b.txt
            """)
        for text in ["one", "two", "three"] {
            try project.write("in.txt", text)
            #expect(try project.run().exit == .exited(0))
        }
        #expect(try project.tool("verify").exit == .exited(0))
        // The same size and time, with other content.
        _ = try project.shell(
            "chmod u+w out/a.txt; t=$(stat -c %Y out/a.txt); rm out/a.txt; printf XHREE > out/a.txt; touch -d @$t out/a.txt"
        )
        let drift = try project.tool("verify")
        #expect(drift.exit == .exited(5))
        #expect(drift.standardOutputText == "content  out/a.txt  of make/a\n")
        #expect(try project.run().exit == .exited(0))
        #expect(try project.tool("verify").exit == .exited(0))

        try project.write(
            "pipeline/pipeline.yaml",
            try project.text("pipeline/pipeline.yaml").split(separator: "\n").dropLast(3)
                .joined(separator: "\n") + "\n")
        #expect(try project.tool("gc", "--dry-run").standardOutputText.contains("objects  0 files"))
        let dry = try project.tool("gc", "--days", "0", "--dry-run")
        #expect(dry.standardOutputText.contains("stale    out/b.txt  of make/b"))
        #expect(dry.standardOutputText.contains("objects  3 files"), "\(dry.standardOutputText)")
        #expect(try project.tool("gc", "--days", "0").exit == .exited(1), "nobody confirms")
        #expect(try project.exists("out/b.txt"))
        let done = try project.tool("gc", "--days", "0", "--yes")
        #expect(done.exit == .exited(0), "\(done.standardErrorText)")
        #expect(try !project.exists("out/b.txt"))
        // What is left is what the store needs to bring the output back.
        _ = try project.shell("rm out/a.txt")
        #expect(try project.run().units("restored") == ["make/a"])
    }

    @Test("a command of the definition runs at the end of a run")
    func notified() throws {
        let project = try UnitProject(
            """
            project: p
            notify: [sh, -c, 'echo "$PIPELINE_OUTCOME $PIPELINE_RUN $PIPELINE_MESSAGE" >> told.txt']
            stages:
              make:
                kind: compile
                units:
                  a:
                    command: sh -c "test -e allowed && echo a > {output}"
                    outputs: a.txt
            """)
        #expect(try project.run().exit == .exited(1))
        #expect(try project.text("told.txt") == "failed 1 1 failed: make/a\n")
        try project.write("allowed", "")
        #expect(try project.run().exit == .exited(0))
        #expect(try project.text("told.txt").hasSuffix("\ndone 2 1 ran\n"))
        // Nothing was done: there is nothing to tell.
        #expect(try project.run().exit == .exited(0))
        #expect(try project.text("told.txt").split(separator: "\n").count == 2)
    }
    @Test(
        "an environment's address is notified of what failed, and its own secret is shown to nobody"
    )
    func webhook() throws {
        let project = try UnitProject(
            "project: p\nstages:\n  make:\n    kind: compile\n    units:\n"
                + "      u:\n        command: test -e fine\n        outputs: out.txt\n")
        try project.write(
            "pipeline/environments/lab.yaml",
            "kind: data\ndata: { root: .pipeline/there }\nnotify: { webhook: $HOOK, to: lab@example.org, on: failure }\n"
        )
        try project.write(
            "hook.py",
            """
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    open("told.json", "ab").write(self.path.encode() + b" " + body)
                    self.send_response(403 if "refused" in self.path else 204)
                    self.end_headers()
                def log_message(self, *words): pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            print(server.server_address[1], flush=True)
            server.serve_forever()

            """)
        let server = try ChildProcess(
            ProcessCommand(["python3", "hook.py"], directory: project.root), standardOutput: .pipe)
        defer { server.terminate(grace: 0) }
        let port = try String(
            decoding: Descriptors.read(server.standardOutput ?? -1, upTo: 20), as: UTF8.self
        ).filter(\.isNumber)
        let secret = "http://127.0.0.1:\(port)/secret-word"
        let failed = try project.run(environment: ["HOOK": secret])
        #expect(failed.exit == .exited(1))
        let told = try project.text("told.json")
        #expect(told.hasPrefix("/secret-word {"))
        #expect(told.contains(#""subject":"p: run 1 failed""#), "\(told)")
        #expect(told.contains(#""to":["lab@example.org"]"#))
        #expect(told.contains("1 failed: make/u"))
        let refused = try project.run(environment: ["HOOK": secret + "/refused"])
        #expect(
            refused.standardError.contains("notify: the address answered with status 403"),
            "\(refused.standardError)")
        let away = try project.run(environment: ["HOOK": "http://127.0.0.1:1/secret-word"])
        #expect(away.standardError.contains("notify: "))
        #expect(!away.standardError.contains("secret-word"))
        let unset = try project.run(environment: ["HOOK": nil])
        #expect(unset.standardError.contains("the variable HOOK"))
    }

}
