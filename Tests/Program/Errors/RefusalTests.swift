import Processes
import Testing

/// What a unit wrote does not count unless it is what was declared; wrong definitions run nothing.
struct RefusalTests {
    private func project(command: String, check: String = "") throws -> UnitProject {
        let project = try UnitProject(
            """
            project: refused
            stages:
              compile:
                kind: compile
                \(check)
                units:
                  one: { command: "\(command)", outputs: out/one.feather }
            """)
        return project
    }

    @Test(
        "U19: outputs that are no whole feather file",
        arguments: [
            ("printf ARROW1 > {output}", "not a whole Feather file"),
            ("printf 'ARROW1 and a torn end' > {output}", "not a whole Feather file"),
            (": > {output}", "is empty"),
        ])
    func check(command: String, saying: String) throws {
        let project = try project(
            command:
                "sh -c '\(command.replacing("'", with: "").replacing("ARROW1 and a torn end", with: "ARROW1-and-a-torn-end"))'",
            check: "check: feather")
        let run = try project.run()
        #expect(run.exit == .exited(1))
        #expect(
            run.message(of: "compile/one").contains(saying), "\(run.message(of: "compile/one"))")
        #expect(try !project.exists("out/one.feather"))
    }

    @Test("U20: not the declared file, or one more")
    func undeclared() throws {
        let other = try project(command: "sh -c 'echo x > $(dirname {output})/two.feather'")
        let first = try other.run().message(of: "compile/one")
        #expect(first.contains("out/one.feather") && first.contains("two.feather"), "\(first)")
        let more = try project(command: "sh -c 'echo x > {output}; echo y > {output}.more'")
        let second = try more.run().message(of: "compile/one")
        #expect(second.contains("one.feather.more") && second.contains("not declared"), "\(second)")
    }

    @Test(
        "U21: a wrong definition says where, and nothing runs",
        arguments: [
            ("iputs: a", "unknown key \"iputs\"", "did you mean \"inputs\"?"),
            ("outputs: ../escape", "leaves the project", "relative to the project's root"),
            (
                "outputs: \"out/{nme}\"", "nothing gives {nme} a value",
                "give it values under \"matrix\""
            ),
            ("timeout: soon", "\"timeout\" must be a duration", ""),
        ])
    func definition(line: String, saying: String, advice: String) throws {
        let project = try UnitProject(
            "project: wrong\nstages:\n  compile:\n    units:\n      one:\n        command: touch ran\n        \(line)\n"
        )
        let run = try project.tool("run")
        #expect(run.exit == .exited(2))
        #expect(
            run.standardErrorText.contains("pipeline/pipeline.yaml:7:"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains(saying), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains(advice))
        #expect(try !project.exists("ran"))
        #expect(try !project.exists(".pipeline"))
    }

    @Test("U21: two units with one output; a circle of stages; a missing input")
    func graph() throws {
        let twice = try UnitProject(
            "project: p\nstages:\n  compile:\n    units:\n      one: { command: cp x y, outputs: out/a }\n      two: { command: cp x y, outputs: out/a }\n"
        )
        let both = try twice.tool("run")
        #expect(both.exit == .exited(2))
        #expect(both.standardErrorText.contains("would both write \"out/a\""))
        let circle = try UnitProject(
            "project: p\nstages:\n  push: { needs: sync, kind: push }\n  sync: { needs: push, data: d }\n"
        )
        #expect(try circle.tool("plan").standardErrorText.contains("in a circle"))
        let missing = try UnitProject(
            "project: p\nstages:\n  compile:\n    units:\n      one: { command: cp x y, inputs: nowhere, outputs: out/a }\n"
        )
        let run = try missing.run()
        #expect(run.exit == .exited(1))
        #expect(run.message(of: "compile/one").contains("input \"nowhere\" does not exist"))
    }

    @Test("U26: awkward file names work; names that are no UTF-8 are refused")
    func names() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  all: { command: "sh -c 'cat \\"$@\\" > \\"$0\\"' {output} {inputs}", inputs: "raw/*", outputs: "out/a b'ü.txt" }
            """)
        for name in ["with space", "new\nline", "quo'te\"s", "-dash", "ünï", "a:b"] {
            try project.write("raw/\(name)", "x")
        }
        let run = try project.run()
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(try project.text("out/a b'ü.txt") == "xxxxxx")
        #expect(try project.run().ran == [])
        _ = try project.shell(
            "touch \"raw/$(printf 'e\\314\\201')\" \"raw/$(printf '\\303\\251')\"")
        #expect(try project.plan("compile").contains("how an accent is written"))
        let twins = try project.tool("run")
        #expect(twins.exit == .exited(1))
        #expect(twins.standardErrorText.contains("how an accent is written"))
        _ = try project.shell("rm \"raw/$(printf 'e\\314\\201')\"")
        _ = try project.shell("touch \"raw/$(printf 'bad\\377')\"")
        #expect(try project.plan("compile").contains("not UTF-8"))
        let refused = try project.tool("run")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("not UTF-8"))
    }
}
