import Digests
import Posix
import Processes
import Testing

/// Clones of one project that share an archive, on the built program.
struct SharedResultsTests {
    private static let definition = """
        project: shared
        archive: { root: ARCHIVE, sign: none }
        stages:
          compile:
            units:
              one: { command: [sh, -c, 'sleep 0.3; cat "$2" > "$1"', x, "{output}", "{input}"], inputs: in.txt, outputs: out/one }
              large: { command: [sh, -c, 'head -c 3000000 /dev/zero | tr "\\\\0" "$(cat "$2")" > "$1"', x, "{output}", "{input}"], inputs: in.txt, outputs: out/large }
              tool: { command: [sh, -c, 'cp "$2" "$1"; chmod +x "$1"', x, "{output}", "{input}"], inputs: out/one, outputs: out/tool }
              folder: { command: [sh, -c, 'mkdir -p "$1/x"; cp "$2" "$1/x/y"', x, "{output}", "{input}"], inputs: out/one, outputs: out/folder }
        """

    /// A clone of the project; all those of one archive are equal.
    private static func clone(_ archive: ScratchPlace, _ change: (String) -> String = { $0 })
        throws -> UnitProject
    {
        let text = definition.replacing("ARCHIVE", with: archive.path)
        let project = try UnitProject(change(text))
        try project.write("in.txt", "1")
        return project
    }

    private let all = ["compile/folder", "compile/large", "compile/one", "compile/tool"]

    @Test("T1: what one clone has made, another fetches: no unit runs, and the outputs are equal")
    func fetched() throws {
        let archive = ScratchPlace()
        let a = try Self.clone(archive)
        let made = try a.run()
        #expect(made.exit == .exited(0) && made.ran == all, "\(made.standardError)")
        let b = try Self.clone(archive)
        let plan = try b.plan()
        #expect(plan.contains("4 to fetch from the archive"), "\(plan)")
        let run = try b.run()
        #expect(run.units("fetched") == all && run.ran == [], "\(run.standardError)")
        for name in ["out/one", "out/large", "out/tool", "out/folder/x/y"] {
            #expect(
                try Digest.ofFile(b.path(name)) == Digest.ofFile(a.path(name)), "\(name)")
        }
        #expect(try FileSystem.status(b.path("out/tool"))?.mode == 0o555)
        let idle = try b.run()
        #expect(idle.ran == [] && idle.units("fetched") == [])
        #expect(
            try b.run().hashedFiles == 0, "what was written just before a run is hashed once more")
        let why = try b.tool("why", "compile/one").standardOutputText
        #expect(why.contains("fetched from the archive by run"), "\(why)")
        #expect(why.contains("made by \(Host.userName)@\(Host.name)"), "\(why)")
    }

    @Test("another program reads the archive by its reference page")
    func read() throws {
        let archive = ScratchPlace()
        let a = try Self.clone(archive)
        try a.run()
        let reader =
            #filePath.dropLast("Program/Archive/SharedResultsTests.swift".count)
            + "python/read_archive.py"
        let list = try a.shell("python3 \(reader) \(archive.path)")
        let units = list.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        #expect(units.map(String.init).sorted() == all, "\(list)")
        _ = try a.shell("python3 \(reader) \(archive.path) compile/large read")
        #expect(
            try Digest.ofFile(a.path("read/out/large")) == Digest.ofFile(a.path("out/large")))
        _ = try a.shell("python3 \(reader) \(archive.path) compile/folder read")
        #expect(try a.text("read/out/folder/x/y") == "1")
    }

    @Test("T1: a change is made here, and what does not depend on it is fetched")
    func changed() throws {
        let archive = ScratchPlace()
        try Self.clone(archive).run()
        let b = try Self.clone(archive)
        try b.write("in.txt", "2")
        let run = try b.run()
        #expect(run.ran == all && run.units("fetched") == [])
        let c = try Self.clone(archive)
        try c.write("in.txt", "2")
        #expect(try c.run().units("fetched") == all)
        try c.write("in.txt", "1")
        #expect(try c.run().units("fetched") == all)
    }

    @Test(
        "T1: a content that was damaged in the archive is made here, reported, and healed for the next clone"
    )
    func healed() throws {
        let archive = ScratchPlace()
        try Self.clone(archive).run()
        for file in try archive.files("objects") {
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(Array("short".utf8), to: file)
        }
        let b = try Self.clone(archive)
        let run = try b.run()
        #expect(run.ran == ["compile/large"], "\(run.standardError)")
        #expect(run.units("fetched") == all.filter { $0 != "compile/large" })
        #expect(run.notes.contains { $0.contains("did not arrive whole") }, "\(run.notes)")
        let c = try Self.clone(archive)
        let next = try c.run()
        #expect(next.units("fetched") == all && next.ran == [], "\(next.notes)")
    }

    @Test("an archive that cannot be reached fails no run, and is caught up with later")
    func unreachable() throws {
        let archive = ScratchPlace()
        try FileSystem.createDirectories(archive.path)
        try FileSystem.changeMode(archive.path, to: 0o755)
        let a = try Self.clone(archive) {
            $0.replacing(
                "root: \(archive.path)",
                with: "transport: sftp, host: 127.0.0.1, port: 1, root: \(archive.path)")
        }
        let run = try a.run()
        #expect(run.exit == .exited(0) && run.ran == all)
        #expect(
            run.notes.contains { $0.contains("cannot be reached") && $0.contains("made here") },
            "\(run.notes)")
        try a.write(
            "pipeline/pipeline.yaml",
            Self.definition.replacing("ARCHIVE", with: archive.path))
        try a.run()
        #expect(try Self.clone(archive).run().units("fetched") == all)
    }

    @Test("a folder that is no archive, or another project's, is left alone")
    func foreign() throws {
        let archive = ScratchPlace()
        try FileSystem.createDirectories(archive.path)
        try FileSystem.writeAtomically(Array("mine".utf8), to: archive.path + "/notes.txt")
        let a = try Self.clone(archive)
        let refused = try a.run()
        #expect(refused.exit == .exited(1))
        #expect(refused.standardError.contains("archive-foreign"), "\(refused.standardError)")
        #expect(try FileSystem.entries(of: archive.path).map(\.name) == ["notes.txt"])
        let other = ScratchPlace()
        try Self.clone(other).run()
        let b = try Self.clone(other) { $0.replacing("project: shared", with: "project: other") }
        let run = try b.run()
        #expect(run.exit == .exited(1) && run.standardError.contains("archive-foreign"))
    }

    @Test("a mark that is damaged, or of a newer version, is left alone")
    func marks() throws {
        for (mark, code) in [
            ("{", "archive-mark"), (#"{"format":2,"id":"x"}"#, "archive-newer"),
        ] {
            let archive = ScratchPlace()
            try FileSystem.createDirectories(archive.path)
            try FileSystem.writeAtomically(
                Array(mark.utf8), to: archive.path + "/pipeline-archive.json")
            let run = try Self.clone(archive).run()
            #expect(run.exit == .exited(1) && run.standardError.contains(code))
            #expect(try FileSystem.entries(of: archive.path).count == 1)
        }
    }

    @Test("role read uses the archive and never adds to it")
    func reading() throws {
        let archive = ScratchPlace()
        let reader = { (text: String) in
            text.replacing("sign: none", with: "sign: none, role: read")
        }
        let early = try Self.clone(archive, reader)
        #expect(try early.run().ran == all)
        #expect(try FileSystem.status(archive.path) == nil)
        try Self.clone(archive).run()
        let before = try archive.files("history")
        let b = try Self.clone(archive, reader)
        #expect(try b.run().units("fetched") == all)
        try b.write("in.txt", "3")
        #expect(try b.run().ran == all)
        #expect(try archive.files("history") == before)
    }

    @Test("T4: results that nobody allowed has signed are not used, and their author is named")
    func signed() throws {
        let archive = ScratchPlace()
        let keys = ScratchPlace()
        try FileSystem.createDirectories(keys.path)
        let key = keys.path + "/ada"
        let made = try ProcessRunner.run(
            ProcessCommand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]))
        try #require(made.exit.isSuccess)
        let signing = { (text: String) in text.replacing("sign: none", with: "sign: \(key)") }
        let allowed = "ada@lab \(try FileSystem.readText(key + ".pub"))"
        let a = try Self.clone(archive, signing)
        try a.write("pipeline/allowed_signers", allowed)
        try a.run()
        let b = try Self.clone(archive, signing)
        try b.write("pipeline/allowed_signers", "")
        let run = try b.run()
        #expect(run.ran == all && run.units("fetched") == [])
        #expect(
            run.notes.contains { $0.contains("\(Host.userName)@\(Host.name) wrote it") },
            "\(run.notes)")
        let c = try Self.clone(archive, signing)
        try c.write("pipeline/allowed_signers", allowed)
        #expect(try c.run().units("fetched") == all)
    }

    @Test("T1: what differs from the nearest result elsewhere is named")
    func elsewhere() throws {
        let archive = ScratchPlace()
        try Self.clone(archive).run()
        let b = try Self.clone(archive) { $0.replacing("sleep 0.3; ", with: "") }
        let why = try b.tool("why", "compile/one", "--elsewhere").standardOutputText
        #expect(why.contains("the nearest result differs in 1 component"), "\(why)")
        #expect(why.contains("recipe command"), "\(why)")
        let same = try b.tool("why", "compile/large", "--elsewhere").standardOutputText
        #expect(same.contains("the archive has the result"), "\(same)")
        let json = try b.tool("why", "compile/one", "--elsewhere", "--json").standardOutputText
        #expect(json.contains(#""kind":"recipe""#), "\(json)")
        let alone = try UnitProject("project: p\nstages:\n  run: { command: [true], outputs: o }\n")
        #expect(
            try alone.tool("why", "run", "--elsewhere").standardErrorText.contains("no-archive"))
    }

    @Test(
        "T1: killed again and again while results are sent: nothing is lost, and another clone fetches all"
    )
    func kills() throws {
        let archive = ScratchPlace()
        let units = (0..<40).map { number in
            "      u\(number): { command: [sh, -c, 'sleep 0.05; echo \(number) > \"$1\"', x, \"{output}\"], outputs: out/\(number) }"
        }
        let text = """
            project: shared
            archive: { root: \(archive.path), sign: none }
            stages:
              compile:
                units:
            \(units.joined(separator: "\n"))
            """
        let a = try UnitProject(text)
        for _ in 0..<12 {
            let run = try a.start()
            _ = try Poll.wait([], timeoutMs: Int.random(in: 20...700))
            run.killGroup()
            _ = run.wait(timeoutMs: 10_000)
        }
        #expect(try a.run().exit == .exited(0))
        let b = try UnitProject(text)
        let run = try b.run()
        #expect(run.units("fetched").count == 40 && run.ran == [], "\(run.notes)")
    }
}

/// A folder that is not there yet, and is removed at the end.
final class ScratchPlace {
    let path: String

    init() {
        path = (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-place-\(RandomID.plain())"
    }

    deinit { try? FileSystem.removeTree(path) }

    /// All files below a folder of it, sorted.
    func files(_ folder: String) throws -> [String] {
        let root = "\(path)/\(folder)"
        guard try FileSystem.status(root) != nil else { return [] }
        return try FileSystem.entries(of: root).flatMap { entry -> [String] in
            let whole = "\(folder)/\(entry.name)"
            return try FileSystem.status("\(path)/\(whole)")?.kind == .directory
                ? files(whole) : ["\(path)/\(whole)"]
        }.sorted()
    }
}
