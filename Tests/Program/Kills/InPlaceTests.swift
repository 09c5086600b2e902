import Posix
import Processes
import Testing

/// Scripts that write to their places by themselves, in the layout of a site that passes over files which are there.
struct InPlaceTests {
    /// Stand-ins for the libraries of the layout's scripts: one table, written in two halves.
    private static let pandas = """
        import os, struct, time
        class Table:
            receptor = target = ["Ccl2", "Cd74"]
            @property
            def obs(self): return self
            def same(self, *a, **k): return self
            merge = reset_index = to_df = __getitem__ = same
            def to_dict(self): return {"a": 1}
            def to_feather(self, path, **k):
                with open("made.log", "a") as log: log.write(path + "\\n")
                with open(path, "wb") as file:
                    file.write(b"ARROW1\\0\\0" + b"x" * 64)
                    file.flush()
                    while path.endswith("circos/highCIN_vs_noSTING_20.feather") and os.path.exists("hold"):
                        time.sleep(0.02)
                    file.write(b"f" * 20 + struct.pack("<I", 20) + b"ARROW1")
        def read_csv(*a, **k): return Table()
        def read_feather(path, *a, **k):
            open(path, "rb").close()
            return Table()
        """

    private static let cut = "data/compiled/circos/highCIN_vs_noSTING_20.feather"

    /// The layout with the definition that `init` proposes.
    private func site() throws -> (layout: SiteLayout, tool: ([String]) throws -> ProcessOutput) {
        let layout = try SiteLayout(copying: "cells")
        #expect(try layout.tool("init").exit == .exited(0))
        // Confirmed as a person's own: the libraries are stand-ins, and no environment of the project has them.
        let definition = try layout.text("pipeline/pipeline.yaml")
        try layout.write("pipeline/pipeline.yaml", "# Ours\n" + definition)
        try layout.write("pandas.py", Self.pandas)
        try layout.write(
            "scanpy.py", "from pandas import Table\ndef read(*a, **k): return Table()\n")
        try layout.write(
            "dash.py",
            """
            def callback(*a): return lambda f: f
            def register_page(*a): pass
            Input = Output = register_page
            dcc = None

            """)
        try FileSystem.createDirectories("\(layout.root)/compiled_figs")
        let root = layout.root
        return (
            layout,
            { words in
                try ProcessRunner.run(
                    ProcessCommand(
                        [UnitProject.tool] + words, environment: ["PYTHONPATH": root],
                        directory: root), timeout: 120)
            }
        )
    }

    private static let stages = ["run", "circos", "interactions", "ligand_effects"]

    /// Paths in the order in which the script made them.
    private func made(_ layout: SiteLayout) throws -> [String] {
        try layout.text("made.log").split(separator: "\n").map(String.init)
    }

    private func cutFiles(_ layout: SiteLayout) throws -> [String] {
        try made(layout).filter { path in
            guard try layout.exists(path) else { return false }
            return try FileSystem.readTail("\(layout.root)/\(path)", limit: 6)
                != Array("ARROW1".utf8)
        }
    }

    @Test(
        "U43: after kill -9 in the middle of a feather no truncated file survives, the rest is kept and not made again",
        arguments: [true, false])
    func killed(withScript: Bool) throws {
        let (layout, tool) = try site()
        try layout.write("hold", "")
        let victim = try ChildProcess(
            ProcessCommand(
                [UnitProject.tool] + Self.stages, environment: ["PYTHONPATH": layout.root],
                directory: layout.root),
            standardOutput: .null, standardError: .null)
        let end = MonotonicClock.nanoseconds() + 120_000_000_000
        while try !layout.exists(Self.cut), MonotonicClock.nanoseconds() < end {
            _ = try Poll.wait([], timeoutMs: 10)
        }
        if withScript {
            for pid in Host.processes(withEnvironment: "PIPELINE_UNITS_OF=\(layout.root)") {
                StrayProcesses.terminate([pid], grace: 0)
            }
        }
        victim.signal(9)
        _ = victim.wait()
        #expect(try cutFiles(layout) == [Self.cut])
        let before = try made(layout)
        // The script itself is let go on only once it has been ended.
        let settled = try tool(["run", "image", "--json"])
        #expect(settled.standardOutputText.contains("quarantine/1/\(Self.cut)"))
        #expect(try cutFiles(layout).isEmpty)
        try FileSystem.remove("\(layout.root)/hold")
        let again = try tool(Self.stages)
        #expect(again.exit == .exited(0), "\(again.standardErrorText)")
        #expect(try cutFiles(layout).isEmpty)
        let all = try made(layout)
        #expect(Set(all).count == 103)
        #expect(all.count == 104 && all[before.count] == Self.cut, "one was made twice")
        #expect(try layout.exists(".pipeline/quarantine/1/\(Self.cut)"))
        #expect(try tool(["status", "--check"]).exit != .exited(1))
        let idle = try tool(["plan", "circos", "interactions", "ligand_effects"])
        #expect(idle.standardOutputText.contains("nothing to do"), "\(idle.standardOutputText)")
    }

    @Test(
        "U43: an edit of one figure's script makes that figure alone; a missing or altered table is made again"
    )
    func changes() throws {
        let (layout, tool) = try site()
        #expect(try tool(Self.stages).exit == .exited(0))
        let page = try layout.text("pages/circos.py")
        try layout.write("pages/circos.py", page + "# more\n")
        let edited = try tool(Self.stages + ["--json"]).standardOutputText
        #expect(edited.contains(#""unit":"circos""#) && !edited.contains(#""unit":"interactions""#))
        #expect(!edited.contains(#""unit":"compile""#))

        let before = try made(layout).count
        let missing = "data/compiled/circos/highCIN_vs_lowCIN_07.feather"
        let altered = "data/compiled/interactions/highCIN_vs_lowCIN_09.feather"
        try FileSystem.remove("\(layout.root)/\(missing)")
        try layout.write(altered, "by hand")
        #expect(try tool(Self.stages).exit == .exited(0))
        #expect(try Set(made(layout).dropFirst(before)) == [missing, altered])
        let kept = try layout.text(".pipeline/quarantine/6/\(altered)")
        #expect(kept == "by hand")
    }

    @Test(
        "U43: what a failed attempt left is judged by its format or by a command; what nothing can judge is moved away"
    )
    func failed() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              one:
                kind: run
                command: [sh, one.sh]
                outputs: ["out/*", "text/*.csv"]
            """)
        try project.write(
            "one.sh",
            """
            mkdir -p out text; echo x >> runs
            echo '{"a": 1}' > out/a.json; printf '{"a": ' > out/b.json; echo 1,2 > text/c.csv
            [ -e ok ] || exit 3
            echo '{"b": 1}' > out/b.json

            """)
        let failed = try project.run()
        #expect(failed.exit == .exited(1))
        #expect(try project.shell("ls out text | tr '\\n' ' '") == "out: a.json  text: ")
        #expect(
            failed.notes.contains { $0.contains("out/b.json") && $0.contains("does not parse") })
        #expect(failed.notes.contains { $0.contains("text/c.csv") && $0.contains("\"check\"") })
        // Put back by a person it stays.
        _ = try project.shell("mv .pipeline/quarantine/1/text/c.csv text/; touch ok")
        let done = try project.run()
        #expect(done.ran == ["one"], "\(done.standardError)")
        #expect(try project.run().units("ran").isEmpty)
    }

    @Test(
        "U43: after a change outputs are moved away first, or stay with `existing: keep`")
    func existing() throws {
        for (existing, made) in [("replace", "new\n"), ("keep", "old\n")] {
            let project = try UnitProject(
                """
                project: p
                stages:
                  one:
                    kind: run
                    command: [sh, one.sh]
                    inputs: in.txt
                    outputs: out
                    existing: \(existing)
                """)
            try project.write("one.sh", "mkdir -p out; [ -e out/a ] || cp in.txt out/a\n")
            try project.write("in.txt", "old\n")
            #expect(try project.run().ran == ["one"])
            try project.write("in.txt", "new\n")
            let plan = try project.plan()
            #expect(plan.contains("moved to .pipeline/quarantine first") == (existing == "replace"))
            #expect(try project.run().ran == ["one"])
            #expect(try project.text("out/a") == made, "\(existing)")
        }
    }

    @Test("U43: while a script works, a run reports how many files there are")
    func progress() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              one: { kind: run, command: [sh, one.sh], outputs: out }
            """)
        try project.write(
            "one.sh",
            "mkdir out; echo a > out/a; until [ -e seen ]; do sleep 0.1; done; echo b > out/b\n")
        let run = try project.start("--json")
        #expect(
            try project.wait { try project.text("run.out").contains("1 files, 1 in this run") })
        try project.write("seen", "")
        #expect(run.wait() == .exited(0))
        #expect(try project.exists("out/b"))
    }

    @Test("U43: plan and doctor name a stage whose outputs are not declared, unless it has none")
    func undeclared() throws {
        func plan(_ line: String) throws -> (plan: String, doctor: String) {
            let project = try UnitProject(
                "project: p\nstages:\n  one:\n    kind: run\n    command: \"true\"\n\(line)")
            return (try project.plan(), try project.tool("doctor").standardOutputText)
        }
        let open = try plan("")
        #expect(open.plan.contains("its outputs are not declared"))
        #expect(open.doctor.contains("its outputs are not declared"))
        let none = try plan("    outputs: []\n")
        #expect(!none.plan.contains("not declared") && !none.doctor.contains("not declared"))
    }
}
