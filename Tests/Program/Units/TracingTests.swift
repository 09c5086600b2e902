import Posix
import Processes
import Testing

/// U34: what commands open below the project, on the built program.
struct TracingTests {
    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  sh: { command: [sh, s/main.sh, "{output}"], outputs: out/sh }
                  py: { command: [/usr/bin/python3, s/main.py, "{output}"], outputs: out/py }
                  module: { command: [/usr/bin/python3, -m, s.modu, "{output}"], outputs: out/module }
                  path: { command: [env, "PATH=s:/usr/bin:/bin", tool, "{output}"], outputs: out/path }
                  clean: { command: [env, -i, /bin/sh, s/main.sh, "{output}"], outputs: out/clean }
                  off:
                    command: [sh, s/main.sh, "{output}"]
                    outputs: out/off
                    trace: false
            """)
        try project.write("s/main.sh", ". s/lib.sh; f > \"$1\"\n")
        try project.write("s/lib.sh", "f() { echo v1; }\n")
        try project.write("s/main.py", "import sys, lib; open(sys.argv[1], 'w').write(lib.V)\n")
        try project.write("s/lib.py", "V = 'v1'\n")
        try project.write("s/modu.py", "import sys; open(sys.argv[1], 'w').write('v1')\n")
        try project.write("s/tool", "#!/bin/sh\necho v1 > \"$1\"\n")
        _ = try project.shell("chmod +x s/tool")
        return project
    }

    private static let all = ["clean", "module", "off", "path", "py", "sh"].map { "compile/\($0)" }

    @Test(
        "a file that nobody declared is edited: exactly the units that opened it run again",
        arguments: [
            ("s/lib.sh", ["compile/clean", "compile/sh"]), ("s/lib.py", ["compile/py"]),
            ("s/modu.py", ["compile/module"]), ("s/tool", ["compile/path"]),
        ])
    func opened(file: String, expected: [String]) throws {
        let project = try project()
        #expect(try project.run().ran == Self.all)
        #expect(try project.run().ran.isEmpty)
        // Twice, for the second time a compiled module is there.
        for (before, after) in [("v1", "w22"), ("w22", "v3")] {
            _ = try project.shell("sed -i s/\(before)/\(after)/ \(file)")
            let why = try project.tool("why", expected[0]).standardOutputText
            #expect(why.contains(file), "\(why)")
            #expect(try project.run().ran == expected)
            #expect(
                try project.text("out/\(expected[0].dropFirst("compile/".count))").contains(after))
            #expect(try project.run().ran.isEmpty)
        }
    }

    @Test(
        "what a unit writes itself, what versions are kept in, and what is only looked at do not count"
    )
    func exact() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  a:
                    command: [sh, -c, "cat .git/HEAD in.txt > {output}; date +%N > note; cat note; test -e seen; cat none; true"]
                    inputs: in.txt
                    outputs: out/a
            """)
        _ = try project.shell("mkdir .git; echo ref > .git/HEAD; echo x > in.txt; echo x > seen")
        #expect(try project.run().ran == ["compile/a"])
        _ = try project.shell("echo other > .git/HEAD; echo y > note; echo y > seen")
        #expect(try project.run().ran.isEmpty)
        try project.write("in.txt", "y\n")
        #expect(try project.run().ran == ["compile/a"])
    }

    @Test(
        "a file that another unit makes has to be declared; one that may be read counts when it is")
    func othersOutput() throws {
        let definition = """
            project: p
            stages:
              compile:
                units:
                  a: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/a }
                  b:
                    command: sh b.sh {output}
                    outputs: out/b
            """
        let project = try UnitProject(definition)
        try project.write("in.txt", "one\n")
        try project.write(
            "b.sh", "while ! test -e out/a; do sleep 0.01; done; cat out/a > \"$1\"\n")
        let failed = try project.run()
        #expect(failed.units("failed") == ["compile/b"])
        #expect(failed.message(of: "compile/b").contains("out/a"))
        #expect(failed.message(of: "compile/b").contains("compile/a"))
        try project.write("pipeline/pipeline.yaml", definition + "\n        may_read: out/a\n")
        #expect(try project.run().ran == ["compile/b"])
        try project.write("in.txt", "two\n")
        #expect(try project.run().ran == ["compile/a", "compile/b"])
        #expect(try project.text("out/b") == "two\n")
    }

    @Test("where the system does not tell, plan, run and doctor say which code does not count")
    func untraced() throws {
        let project = try project()
        // A process may have one listener: a program that is traced itself cannot trace.
        let line = "\(UnitProject.tool) plan; \(UnitProject.tool) doctor; \(UnitProject.tool) run"
        try project.write("inner.sh", line + "\n")
        let outer = try UnitProject(
            """
            project: outer
            stages:
              compile:
                units:
                  a: { command: [sh, -c, "(cd \(project.root) && sh inner.sh); echo x > $0", "{output}"], outputs: a }
            """)
        #expect(try outer.run().ran == ["compile/a"])
        let log = try outer.shell("cat .pipeline/logs/run-1/compile/a.log")
        #expect(log.contains("not traced here"), "\(log)")
        #expect(log.contains("files that commands open are not seen"), "\(log)")
        #expect(try project.text("out/sh") == "v1\n", "the units ran all the same")
    }
}
