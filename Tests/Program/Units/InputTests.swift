import Posix
import Processes
import Testing

/// What counts as an input: everything that a unit could read there, and what cannot be read concerns that unit alone.
struct InputTests {
    private static func aggregate(_ inputs: String, _ words: String = "{inputs}") -> String {
        """
        project: p
        stages:
          compile:
            units:
              all: { command: [sh, -c, 'shift; cat "$@" > "$0"', "{output}", x, "\(words)"], inputs: \(inputs), outputs: out/all }
              other: { command: [cp, in.txt, "{output}"], inputs: in.txt, outputs: out/other }
        """
    }

    private func project(_ inputs: String) throws -> UnitProject {
        let project = try UnitProject(Self.aggregate(inputs))
        try project.write("in.txt", "one\n")
        return project
    }

    @Test(
        "Hidden files count in folders and in the folders that a pattern matches",
        arguments: ["store.zarr", "store.zarr/", "store.zarr/**", "'*.zarr'", "'store.zarr/.z*'"])
    func hidden(inputs: String) throws {
        let project = try project(inputs)
        try project.write("store.zarr/.zattrs", "1\n")
        try project.write("store.zarr/.hidden/.zarray", "a\n")
        #expect(try project.run("compile").ran.count == 2)
        #expect(try project.text("out/all").hasSuffix("1\n"))
        try project.write("store.zarr/.zattrs", "2\n")
        #expect(try project.run("compile").ran == ["compile/all"])
        #expect(try project.text("out/all").hasSuffix("2\n"))
        #expect(try project.run("compile").ran == [])
    }

    @Test("A later stage sees what an earlier one changed, declared or not")
    func laterStages() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              first:
                kind: run
                command: [sh, -c, 'cp in.txt "$1"; cp in.txt side/undeclared; cp in.txt changed', x, "{output}"]
                inputs: in.txt
                outputs: out/first
              second:
                kind: run
                needs: first
                command: [sh, -c, 'cat side/* changed "$2" > "$1"', x, "{output}", "{inputs}"]
                inputs: [out/first, side, changed]
                outputs: out/second
              third: { kind: run, needs: second, command: "cp {input} {output}", inputs: out/second, outputs: out/third }
            """)
        try project.write("in.txt", "1\n")
        try project.write("side/a", "a\n")
        try project.write("changed", "0\n")
        #expect(try project.run().exit == .exited(0))
        try project.write("in.txt", "2\n")
        let run = try project.run()
        #expect(run.ran == ["first", "second", "third"], "\(run.standardError)")
        #expect(try project.text("out/third") == (try project.text("out/second")))
        #expect(try project.text("out/second").hasPrefix("a\n2\n2\n2\n"))
        #expect(try project.run().ran == [])
    }

    @Test("A leading dot is matched only by a pattern that spells it")
    func dots() throws {
        let project = try project("'data/*'")
        try project.write("data/.hidden", "1\n")
        try project.write("data/seen", "1\n")
        try project.run("compile")
        #expect(try project.text("out/all") == "1\n")
        try project.write("data/.hidden", "2\n")
        #expect(try project.run("compile").ran == [])
    }

    @Test(
        "Links are followed, out of the project too, and one that is turned elsewhere is noticed",
        arguments: [
            "data", "data/raw", "data/**", "'data/**/*.txt'", "'data/raw/*.txt'", "'data/*'",
        ])
    func links(inputs: String) throws {
        let project = try project(inputs)
        for (folder, text) in [("a", "1\n"), ("b", "3\n")] {
            try project.write("../\(Self.name(project))-\(folder)/x.txt", text)
        }
        defer {
            for folder in ["a", "b"] { try? FileSystem.removeTree("\(project.root)-\(folder)") }
        }
        try FileSystem.createDirectories(project.path("data"))
        try FileSystem.symbolicLink(to: "\(project.root)-a", at: project.path("data/raw"))
        try project.run("compile")
        #expect(try project.text("out/all") == "1\n")
        try project.write("../\(Self.name(project))-a/x.txt", "2\n")
        #expect(try project.run("compile").ran == ["compile/all"])
        try FileSystem.remove(project.path("data/raw"))
        try FileSystem.symbolicLink(to: "\(project.root)-b", at: project.path("data/raw"))
        #expect(try project.run("compile").ran == ["compile/all"])
        #expect(try project.text("out/all") == "3\n")
    }

    private static func name(_ project: UnitProject) -> String {
        String(project.root.split(separator: "/").last ?? "")
    }

    @Test(
        "What cannot be read fails the unit that reads it, by name, and no other",
        arguments: [
            ("data/pipe", "mkfifo data/pipe", "\"data/pipe\" is a pipe"),
            ("data", "mkfifo data/pipe", "\"data/pipe\" is a pipe"),
            ("data/up", "ln -s up data/up", "\"data/up\" leads in a circle"),
            ("data", "ln -s .. data/up", "\"data/up\" leads in a circle"),
            ("data", "ln -s gone data/link", "\"data/link\" leads to \"gone\""),
            ("data", "touch \"$(printf 'data/bad\\377')\"", "not UTF-8"),
            ("data", "ln -s /dev/null data/null", "\"data/null\" is a pipe, a socket or a device"),
            ("'data/*'", "mkfifo data/pipe", "\"data/pipe\" is a pipe"),
            (
                "data",
                "mkdir data/c; touch \"data/c/$(printf 'e\\314\\201')\" \"data/c/$(printf '\\303\\251')\"",
                "accent"
            ),
        ])
    func odd(inputs: String, setup: String, message: String) throws {
        let project = try project(inputs)
        try project.write("data/good", "x\n")
        try shell(setup, in: project)
        let plan = try project.plan("compile")
        #expect(plan.contains(message), "\(plan)")
        let outcome = try project.run("compile")
        #expect(outcome.ran == ["compile/other"])
        #expect(outcome.units("failed") == ["compile/all"])
        #expect(outcome.message(of: "compile/all").contains(message))
        let status = try project.plan("compile")
        #expect(status.contains(message))
    }

    @Test("An output that lies among the unit's own inputs is named as its own")
    func ownOutput() throws {
        let project = try project("out")
        let outcome = try project.run("compile")
        #expect(outcome.units("failed") == ["compile/all"])
        let message = outcome.message(of: "compile/all")
        #expect(message.contains("reads its own output \"out/all\""), "\(message)")
    }

    @Test(
        "A folder or a file that may not be read fails its unit; it is never empty or gone",
        arguments: ["data/b", "data/b/x"])
    func permission(path: String) throws {
        let project = try project("data")
        try project.write("data/a/x", "a\n")
        try project.write("data/b/x", "b\n")
        try project.run("compile")
        #expect(try project.text("out/all") == "a\nb\n")
        try project.write("data/a/x", "A\n")
        let (plan, run) = try asNobody(project, without: path)
        #expect(plan.contains("data/b") && plan.contains("Permission denied"))
        #expect(run.contains("data/b") && run.contains("Permission denied"))
        #expect(run.contains("1 up to date"))
        #expect(try project.text("out/all") == "a\nb\n")
        #expect(try project.run("compile").ran == ["compile/all"])
    }

    /// What a plan and a run say to a user who may not read this path.
    private func asNobody(
        _ project: UnitProject, without path: String
    ) throws -> (plan: String, run: String) {
        func run(_ words: String) throws -> String {
            let output = try ProcessRunner.run(
                ProcessCommand(
                    [
                        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                        UnitProject.tool,
                    ]
                        + words.split(separator: " ").map(String.init),
                    environment: ["HOME": "/tmp"], directory: project.root), timeout: 60)
            return output.standardOutputText + output.standardErrorText
        }
        try shell("chown -R 65534:65534 . && chmod 755 . && chmod 000 \(path)", in: project)
        let told = (try run("plan compile"), try run("run compile"))
        try shell("chown -R 0:0 . && chmod 755 \(path)", in: project)
        return told
    }

    private func shell(_ script: String, in project: UnitProject) throws {
        let output = try ProcessRunner.run(
            ProcessCommand(["sh", "-ec", script], directory: project.root), timeout: 60)
        #expect(output.exit.isSuccess, "\(output.standardErrorText)")
    }

    private static let family = """
        project: p
        stages:
          compile:
            units:
              one: { matrix: { k: [VALUES] }, command: [sh, -c, 'echo "$2" > "$1"', x, "{output}", "{k}"], outputs: "mid/{k}" }
              shell: { command: [sh, -c, 'cat mid/* > "$1"', x, "{output}"], inputs: mid/*, outputs: out/shell }
              folder: { command: [sh, -c, 'shift; cat "$@" > "$0"', "{output}", x, "{inputs}"], inputs: mid, outputs: out/folder }
        """

    private static func family(_ values: String) -> String {
        family.replacing("VALUES", with: values)
    }

    @Test(
        "U31: what left the definition is read by no pattern and no folder, and run, plan and status say so"
    )
    func leftTheDefinition() throws {
        let project = try UnitProject(Self.family("a, b, c"))
        try project.run()
        try project.write("pipeline/pipeline.yaml", Self.family("a, b"))
        #expect(try project.plan().contains("mid/c"))
        let run = try project.run()
        #expect(run.ran == ["compile/folder", "compile/shell"])
        #expect(run.notes.contains { $0.contains("mid/c") && $0.contains(".pipeline/stale/mid/c") })
        for name in ["shell", "folder"] { #expect(try project.text("out/\(name)") == "a\nb\n") }
        #expect(try project.tool("status").standardOutputText.contains("mid/c"))
        #expect(try project.plan().contains("mid/c"))
        #expect(try project.run().ran == [])
        #expect(try project.tool("gc", "--yes").standardOutputText.contains("mid/c"))
        #expect(try !project.exists(".pipeline/stale/mid/c"))
        #expect(try project.run().ran == [])
        try project.write("pipeline/pipeline.yaml", Self.family("a, b, c"))
        #expect(try project.run().exit == .exited(0))
        for name in ["shell", "folder"] { #expect(try project.text("out/\(name)") == "a\nb\nc\n") }
    }

    @Test(
        "U27: a person's own file where a unit once wrote is read, kept, and spoken of",
        arguments: [
            ("echo mine > mid/c", "its content is not what the unit made"),
            ("mv mid/c kept; ln -s ../kept mid/c", "it is reached through a link"),
        ])
    func ownFile(change: String, message: String) throws {
        let project = try UnitProject(Self.family("a, b, c"))
        try project.run()
        try shell("rm -f mid/c.new; chmod u+w mid/c; cp mid/c c.new; mv c.new mid/c", in: project)
        try project.write("pipeline/pipeline.yaml", Self.family("a, b"))
        try shell(change, in: project)
        let text = try project.text("mid/c")
        for told in [
            try project.plan(), try project.run().notes.joined(),
            try project.tool("status").standardOutputText,
        ] {
            #expect(told.contains("mid/c") && told.contains(message), "\(told)")
        }
        #expect(try project.text("out/folder") == "a\nb\n" + text)
        _ = try project.tool("gc", "--yes")
        #expect(try project.text("mid/c") == text)
        #expect(try project.run().ran == [])
    }

    @Test("U27: a path that the definition names is an input, no matter who made it once")
    func declared() throws {
        let project = try UnitProject(Self.family("a, b, c"))
        try project.run()
        let use =
            "\n      use: { command: [cp, mid/c, \"{output}\"], inputs: mid/c, outputs: out/use }"
        try project.write("pipeline/pipeline.yaml", Self.family("a, b") + use)
        let run = try project.run()
        #expect(
            run.notes.contains { $0.contains("mid/c") && $0.contains("the definition names it") })
        #expect(try project.text("out/use") == "c\n")
        _ = try project.tool("gc", "--yes")
        #expect(try project.text("mid/c") == "c\n")
    }
}
