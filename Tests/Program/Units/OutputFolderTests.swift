import Posix
import Processes
import Testing

/// Folders as outputs of units: zarr stores, tiles.
struct OutputFolderTests {
    private static let definition = """
        project: p
        stages:
          compile:
            units:
              zarr: { command: [sh, make.sh, "{output}", "{input}"], inputs: in.txt, outputs: out/cells.zarr }
              use: { command: [sh, -c, 'cat "$2"/.zattrs "$2"/x/0.0 > "$1"', x, "{output}", "{input}"], inputs: out/cells.zarr, outputs: out/use }
              part: { command: [cp, out/cells.zarr/.zattrs, "{output}"], inputs: out/cells.zarr/.zattrs, outputs: out/part }
              all: { command: [sh, -c, 'find out/*.zarr -type f | sort > "$1"', x, "{output}"], inputs: out/*.zarr, outputs: list }
        """

    private func made() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        try project.write("in.txt", "1\n")
        try project.write(
            "make.sh",
            """
            umask 077; mkdir -p "$1/x"; cp "$2" "$1/.zattrs"; echo chunk > "$1/x/0.0"
            if grep -q 1 "$2"; then echo more > "$1/x/0.1"; fi
            """)
        let run = try project.run()
        #expect(run.exit == .exited(0), "\(run.standardError)")
        return project
    }

    @Test("U38: a folder is made, read, left alone, and replaced as a whole")
    func replaced() throws {
        let project = try made()
        #expect(try project.text("out/use") == "1\nchunk\n")
        #expect(try project.text("out/part") == "1\n")
        #expect(try project.text("list").split(separator: "\n").count == 3)
        #expect(try FileSystem.status(project.path("out/cells.zarr/x"))?.mode == 0o755)
        #expect(try FileSystem.status(project.path("out/cells.zarr/x/0.0"))?.mode == 0o444)
        let again = try project.run()
        #expect(again.ran == [] && again.units("restored") == [])
        let idle = try project.run()
        #expect(idle.ran == [] && idle.units("restored") == [] && idle.hashedFiles == 0)
        try project.write("in.txt", "2\n")
        #expect(try project.run().ran.count == 4)
        #expect(try project.text("out/use") == "2\nchunk\n")
        #expect(try !project.exists("out/cells.zarr/x/0.1"), "nothing of the old one is left")
        try project.write("in.txt", "1\n")
        #expect(try project.run().units("restored").contains("compile/zarr"))
        #expect(try project.text("out/cells.zarr/x/0.1") == "more\n")
    }

    @Test(
        "U38: a folder that was changed by hand is taken from the store",
        arguments: [
            "rm -r out/cells.zarr", "rm -f out/cells.zarr/x/0.1",
            "rm -f out/cells.zarr/.zattrs; echo 9 > out/cells.zarr/.zattrs",
            "echo mine > out/cells.zarr/mine",
        ])
    func changed(by change: String) throws {
        let project = try made()
        let before = try project.run()
        try #require(before.ran == [] && before.units("restored") == [])
        _ = try project.shell(change)
        let run = try project.run()
        #expect(run.units("restored") == ["compile/zarr"], "\(run.standardError)")
        #expect(try project.text("out/cells.zarr/.zattrs") == "1\n")
        #expect(try project.text("out/cells.zarr/x/0.1") == "more\n")
        #expect(try !project.exists("out/cells.zarr/mine"))
        if change.contains("mine") {
            #expect(run.notes.contains { $0.contains(".pipeline/replaced/") }, "\(run.notes)")
            let found = try project.shell("cat .pipeline/replaced/*/out/cells.zarr/mine")
            #expect(found == "mine\n", "a file of somebody's is kept")
        }
        #expect(try project.run().ran == [])
        #expect(try project.tool("verify").exit == .exited(0))
    }

    @Test("U38: a folder that cannot be kept fails its unit")
    func refused() throws {
        let project = try made()
        for (script, code) in [
            ("mkdir -p \"$1\"", "folder without files"),
            ("mkdir -p \"$1\"; ln -s /etc/hostname \"$1/link\"", "neither a file nor a folder"),
            ("mkfifo \"$1\"", "neither a file nor a folder"),
        ] {
            try project.write("make.sh", script)
            let run = try project.run()
            #expect(run.message(of: "compile/zarr").contains(code), "\(run.standardError)")
        }
    }

    @Test("U38: a folder of a unit that left the definition is stale file by file")
    func stale() throws {
        let project = try made()
        try project.write(
            "pipeline/pipeline.yaml",
            """
            project: p
            stages:
              compile:
                units:
                  other: { command: [cp, in.txt, "{output}"], inputs: in.txt, outputs: out/other }
            """)
        #expect(try project.plan().contains("out/cells.zarr/x/0.0"))
        #expect(try project.tool("gc", "--yes").exit == .exited(0))
        #expect(try !project.exists("out/cells.zarr/x/0.0"))
    }
}
