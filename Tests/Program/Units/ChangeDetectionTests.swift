import Posix
import Processes
import Testing

/// What makes a unit run again, and what does not, on the built program.
struct ChangeDetectionTests {
    /// Two units in a row: `upper` from a raw file, `copy` from what `upper` makes.
    private static let chain = """
        project: chain
        stages:
          compile:
            kind: compile
            pass_environment: [SHOUT]
            tools: [./tool --version]
            units:
              upper:
                command: ./upper.sh {input} {output}
                inputs: raw.txt
                outputs: out/upper.txt
              copy:
                command: cp {input} {output}
                inputs: out/upper.txt
                outputs: out/copy.txt
              other:
                command: cp {input} {output}
                inputs: other.txt
                outputs: out/other.txt
        """

    private func made() throws -> UnitProject {
        let project = try UnitProject(Self.chain)
        try project.write("raw.txt", "hello\n")
        try project.write("other.txt", "other\n")
        try project.write("tool", "#!/bin/sh\necho 1.0\n")
        try project.write("upper.sh", "#!/bin/sh\ntr a-z A-Z < \"$1\" > \"$2\"\n")
        _ = try project.shell("chmod +x tool upper.sh; touch -d '1 hour ago' tool upper.sh *.txt")
        let first = try project.run()
        #expect(first.exit == .exited(0), "\(first.standardError)")
        #expect(first.ran == ["compile/copy", "compile/other", "compile/upper"])
        let again = try project.run()
        #expect(again.events.allSatisfy { $0.event != "unit-ended" })
        #expect(try project.text("out/copy.txt") == "HELLO\n")
        return project
    }

    @Test("U1: a touched input")
    func touched() throws {
        let project = try made()
        _ = try project.shell("touch raw.txt")
        #expect(try project.run().ran == [])
    }

    @Test("nothing changed: no file is hashed")
    func nothingHashed() throws {
        let project = try made()
        #expect(try project.run().hashedFiles == 0)
    }

    @Test("U2: other content, same size and mtime")
    func sameSizeAndTime() throws {
        let project = try made()
        _ = try project.shell(
            "touch -r raw.txt stamp; printf 'jello\\n' > raw.txt; touch -r stamp raw.txt")
        #expect(try project.run().ran == ["compile/copy", "compile/upper"])
        #expect(try project.text("out/copy.txt") == "JELLO\n")
    }

    @Test("U3: replaced by an older file")
    func older() throws {
        let project = try made()
        _ = try project.shell("echo older > o; touch -d '3 days ago' o; mv o raw.txt")
        #expect(try project.run().ran == ["compile/copy", "compile/upper"])
    }

    @Test("U4: the same bytes again stop the change")
    func earlyCutoff() throws {
        let project = try made()
        try project.write("raw.txt", "HELLO\n")
        let run = try project.run()
        #expect(run.ran == ["compile/upper"])
        #expect(run.units("unchanged") == ["compile/copy"])
    }

    @Test("U5: a command, a variable or a tool changes")
    func recipe() throws {
        let project = try made()
        try project.write(
            "pipeline/pipeline.yaml",
            Self.chain.replacing(
                "command: cp {input} {output}\n        inputs: other",
                with: "command: cp -f {input} {output}\n        inputs: other"))
        #expect(try project.run().ran == ["compile/other"])
        try project.write(
            "pipeline/pipeline.yaml",
            Self.chain.replacing(
                "        inputs: other.txt",
                with: "        parameters: { x: 1 }\n        inputs: other.txt"))
        #expect(try project.run().ran == ["compile/other"])
        let all = ["compile/copy", "compile/other", "compile/upper"]
        #expect(try project.run(environment: ["SHOUT": "yes"]).ran == all)
        try project.write("tool", "#!/bin/sh\necho 2.0\n")
        #expect(try project.run(environment: ["SHOUT": "yes"]).ran == all)
        let why = try project.tool("why", "compile/upper", "--past")
        #expect(why.standardOutputText.contains("tool ./tool --version"))
    }

    @Test("U33: a tool whose file is the same tells another version; it is asked once in each run")
    func tools() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              one:
                kind: compile
                tools: [bin/wrap --version]
                units:
                  a: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/a }
              two:
                kind: compile
                needs: one
                tools: [bin/wrap --version]
                units:
                  b: { command: "cp out/a {output}", inputs: out/a, outputs: out/b }
            """)
        try project.write("in.txt", "one\n")
        try project.write("bin/wrap", "#!/bin/sh\necho asked >> asked.txt\nexec bin/real\n")
        try project.write("bin/real", "#!/bin/sh\necho real 1.0\n")
        _ = try project.shell("chmod +x bin/*")
        func asked() throws -> Int {
            defer { _ = try? project.shell("rm -f asked.txt") }  // try?: counted again, and wrong
            return try project.text("asked.txt").split(separator: "\n").count
        }
        #expect(try project.run().ran == ["one/a", "two/b"])
        #expect(try asked() == 1)
        #expect(try project.run().ran.isEmpty)
        #expect(try asked() == 1)
        try project.write("bin/real", "#!/bin/sh\necho real 2.0\n")
        let plan = try project.tool("plan").standardOutputText
        #expect(
            plan.contains("tool bin/wrap --version changed from real 1.0 to real 2.0"), "\(plan)")
        #expect(try asked() == 1)
        #expect(try project.run().ran == ["one/a", "two/b"])
        #expect(try asked() == 1)
    }

    @Test("U6, U7: an output or an intermediate is deleted", arguments: ["upper", "copy"])
    func deleted(name: String) throws {
        let project = try made()
        _ = try project.shell("rm -f out/\(name).txt")
        let run = try project.run()
        #expect(run.units("restored") == ["compile/\(name)"])
        #expect(run.ran == [])
        #expect(try project.text("out/\(name).txt") == "HELLO\n")
    }

    @Test("U6: deleted, and the store has lost it too")
    func deletedEverywhere() throws {
        let project = try made()
        _ = try project.shell("rm -rf out/copy.txt .pipeline/store")
        #expect(try project.run().ran == ["compile/copy"])
        #expect(try project.text("out/copy.txt") == "HELLO\n")
    }

    @Test("U8, U9: an output or an intermediate is altered", arguments: ["upper", "copy"])
    func altered(name: String) throws {
        let project = try made()
        _ = try project.shell("rm -f out/\(name).txt; echo TAMPERED > out/\(name).txt")
        let run = try project.run()
        #expect(run.units("restored") + run.ran == ["compile/\(name)"])
        #expect(try project.text("out/\(name).txt") == "HELLO\n")
        #expect(try project.text("out/copy.txt") == "HELLO\n")
    }

    @Test("U8: altered in place, so that the store's object is damaged too")
    func alteredInPlace() throws {
        let project = try made()
        _ = try project.shell("chmod u+w out/upper.txt; echo TAMPERED > out/upper.txt")
        let run = try project.run()
        #expect(run.ran == ["compile/upper"])
        #expect(run.units("unchanged") == ["compile/copy"])
        #expect(try project.text("out/upper.txt") == "HELLO\n")
    }

    @Test("U10: a script that the command line names")
    func script() throws {
        let project = try made()
        try project.write("upper.sh", "#!/bin/sh\ntr a-z A-Z < \"$1\" | rev > \"$2\"\n")
        #expect(try project.run().ran == ["compile/copy", "compile/upper"])
    }

    @Test("data that a command names by itself is data, and not code that appears")
    func namedData() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  a:
                    command: cp ./in.txt {output}
                    inputs: in.txt
                    outputs: mid.txt
                  b:
                    command: cp mid.txt {output}
                    inputs: mid.txt
                    outputs: out.txt
            """)
        try project.write("in.txt", "one\n")
        #expect(try project.run().ran == ["make/a", "make/b"])
        #expect(try project.run().ran.isEmpty)
    }

    @Test("U11: a command fails after writing its output")
    func failsAfterWriting() throws {
        let project = try made()
        try project.write("upper.sh", "#!/bin/sh\necho half > \"$2\"; exit 3\n")
        let failed = try project.run()
        #expect(failed.exit == .exited(1))
        #expect(failed.message(of: "compile/upper").contains("exit"))
        #expect(try project.text("out/upper.txt") == "HELLO\n", "the half output is nowhere")
        let again = try project.run()
        #expect(again.units("failed") == ["compile/upper"], "it is tried again")
    }

    @Test("U22: a unit leaves the definition")
    func stale() throws {
        let project = try made()
        let rest = try #require(Self.chain.firstRange(of: "      other:\n"))
        try project.write("pipeline/pipeline.yaml", String(Self.chain[..<rest.lowerBound]))
        let plan = try project.tool("plan")
        #expect(
            plan.standardOutputText.contains("out/other.txt"),
            "\(plan.standardOutputText)\(plan.standardErrorText)")
        try project.run()
        #expect(try project.exists("out/other.txt"), "it is never removed silently")
    }

    @Test("plan, status and why change nothing")
    func readOnly() throws {
        let project = try made()
        try project.write("raw.txt", "changed\n")
        let before = try project.shell(
            "find .pipeline out -type f ! -name '*-shm' ! -name '*-wal' -printf '%p %s %T@\\n' | sort"
        )
        for command in ["plan", "status", "releases"] { _ = try project.tool(command) }
        _ = try project.tool("why", "compile/upper")
        let after = try project.shell(
            "find .pipeline out -type f ! -name '*-shm' ! -name '*-wal' -printf '%p %s %T@\\n' | sort"
        )
        #expect(before == after)
    }
}
