import Posix
import Processes
import Testing

/// Units that a Python worker runs: what they load counts, and whatever a worker does is survived.
struct WorkerUnitTests {
    private static let definition = """
        project: worked
        stages:
          compile:
            kind: compile
            worker: python3 -m work
            environment: { PYTHONPATH: "code:." }
            jobs: 2
            units:
              numbers:
                matrix: { name: { from_worker: names, inputs: [names.txt] } }
                inputs: names.txt
                outputs: "out/{name}.txt"
              sum:
                may_read: out/*.txt
                outputs: sum/sum.txt
        """

    private func made() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        try project.addWorkerModule()
        try project.write("names.txt", "a:b\nx y\nlIfr\nLIFR\n")
        try project.write(
            "code/work/__main__.py",
            "from pipeline.worker import main\nmain({'numbers': 'work.numbers', 'names': 'work.numbers', 'sum': 'work.total'})\n"
        )
        try project.write("code/work/__init__.py", "")
        try project.write(
            "code/work/numbers.py",
            """
            from pipeline.worker import axis, unit
            from work import helper
            @axis("names")
            def names(job):
                return open(job.inputs[0]).read().split("\\n")[:-1]
            @unit("numbers")
            def numbers(job):
                open(job.output, "w").write(helper.text(job.parameters["name"]))

            """)
        try project.write("code/work/helper.py", "def text(name): return name * 2\n")
        try project.write(
            "code/work/total.py",
            """
            from pipeline.worker import unit
            @unit("sum")
            def total(job):
                open(job.output, "w").write(open(job.read("out/LIFR.txt")).read())

            """)
        _ = try project.shell("touch -d '1 hour ago' code/work/* names.txt pipeline/*")
        return project
    }

    @Test("what another unit makes is not read without declaring it")
    func undeclared() throws {
        let project = try made()
        #expect(try project.run().exit == .exited(0))
        try project.write(
            "pipeline/pipeline.yaml",
            Self.definition.replacing("may_read: out/*.txt", with: "timeout: 60s"))
        try project.write(
            "code/work/total.py", try project.text("code/work/total.py") + "# changed\n")
        let run = try project.tool("run")
        #expect(run.exit == .exited(1))
        #expect(
            run.standardErrorText.contains("error[input-undeclared]"), "\(run.standardErrorText)")
    }

    private let numbers = [
        "compile/numbers/LIFR", "compile/numbers/a%3Ab", "compile/numbers/lIfr",
        "compile/numbers/x%20y",
    ]

    @Test("axes that only the worker knows; awkward values make safe names")
    func axis() throws {
        let project = try made()
        let run = try project.run()
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(
            run.ran == ["compile/numbers/@name"] + numbers.prefix(0)
                + (numbers + ["compile/sum"]).sorted()
                || Set(run.ran) == Set(numbers + ["compile/sum", "compile/numbers/@name"]))
        #expect(try project.text("out/a%3Ab.txt") == "a:ba:b")
        #expect(try project.run().ran == [])
    }

    @Test("U10: a module that a unit loaded, which nobody declared")
    func loadedModule() throws {
        let project = try made()
        try project.run()
        try project.write("code/work/helper.py", "def text(name): return name * 3\n")
        let run = try project.run()
        #expect(Set(numbers).isSubset(of: Set(run.ran)))
        #expect(try project.text("out/LIFR.txt") == "LIFRLIFRLIFR")
    }

    @Test("files that may be read count only if they were")
    func mayRead() throws {
        let project = try made()
        try project.run()
        try project.write(
            "code/work/helper.py", "def text(name): return name * (3 if name == 'x y' else 2)\n")
        let run = try project.run()
        #expect(!run.ran.contains("compile/sum"), "it read another file")
    }

    @Test(
        "U15: a worker that crashes, hangs, prints garbage or closes its pipe",
        arguments: [
            ("import os; os._exit(9)", "the worker ended"),
            ("import time; time.sleep(60)", "time limit"),
            (
                "raise ValueError('no')", "ValueError"
            ),
            (
                """
                import os
                    for fd in range(3, 12):
                        try: os.write(fd, b'garbage\\n')
                        except OSError: pass
                """,
                "something else"
            ),
        ])
    func misbehaves(body: String, saying: String) throws {
        let project = try made()
        try project.write(
            "pipeline/pipeline.yaml",
            Self.definition.replacing("jobs: 2", with: "jobs: 1\n    timeout: 3s"))
        try project.write(
            "code/work/helper.py",
            "def text(name):\n    if name == 'x y':\n        bad()\n    return name * 2\ndef bad():\n    \(body)\n"
        )
        _ = try project.shell("touch -d '1 hour ago' code/work/*")
        let run = try project.run()
        #expect(run.exit == .exited(1))
        #expect(run.units("failed") == ["compile/numbers/x%20y"])
        #expect(
            run.message(of: "compile/numbers/x%20y").contains(saying),
            "\(run.message(of: "compile/numbers/x%20y"))")
        #expect(
            Set(run.ran).isSuperset(of: numbers.filter { !$0.contains("x") }), "the others go on")
        // U16: the next run tries just what is missing.
        try project.write("code/work/helper.py", "def text(name): return name * 2\n")
        #expect(try project.run().exit == .exited(0))
    }
}
