import Digests
import Posix
import Processes
import Testing

/// Clones of one project that share an archive, on the built program.
struct SharedResultsTests {
    private let all = SharedProject.units

    @Test("T1: a folder in place of a file keeps no other file away, and that is sent again")
    func folderInstead() throws {
        let archive = ScratchPlace()
        let a = try SharedProject.clone(archive)
        #expect(try a.run().exit == .exited(0))
        let large = try #require(
            try archive.files("objects").first { try FileSystem.status($0)?.size == 3_000_000 })
        try FileSystem.remove(large)
        try FileSystem.createDirectories(large)
        let b = try SharedProject.clone(archive)
        let run = try b.run()
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(run.ran == ["compile/large"], "\(run.standardError)")
        #expect(try SharedProject.clone(archive).run().ran.isEmpty)
    }

    @Test("T1: what one clone has made, another fetches: no unit runs, and the outputs are equal")
    func fetched() throws {
        let archive = ScratchPlace()
        let a = try SharedProject.clone(archive)
        let made = try a.run()
        #expect(made.exit == .exited(0) && made.ran == all, "\(made.standardError)")
        let b = try SharedProject.clone(archive)
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
        let a = try SharedProject.clone(archive)
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
        try SharedProject.clone(archive).run()
        let b = try SharedProject.clone(archive)
        try b.write("in.txt", "2")
        let run = try b.run()
        #expect(run.ran == all && run.units("fetched") == [])
        let c = try SharedProject.clone(archive)
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
        try SharedProject.clone(archive).run()
        for file in try archive.files("objects") {
            try FileSystem.remove(file)
            try FileSystem.writeAtomically(Array("short".utf8), to: file)
        }
        let b = try SharedProject.clone(archive)
        let run = try b.run()
        #expect(run.ran == ["compile/large"], "\(run.standardError)")
        #expect(run.units("fetched") == all.filter { $0 != "compile/large" })
        #expect(run.notes.contains { $0.contains("did not arrive whole") }, "\(run.notes)")
        let c = try SharedProject.clone(archive)
        let next = try c.run()
        #expect(next.units("fetched") == all && next.ran == [], "\(next.notes)")
    }

    @Test("an archive that cannot be reached fails no run, and is caught up with later")
    func unreachable() throws {
        let archive = ScratchPlace()
        try FileSystem.createDirectories(archive.path)
        try FileSystem.changeMode(archive.path, to: 0o755)
        let a = try SharedProject.clone(archive) {
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
            SharedProject.definition.replacing("ARCHIVE", with: archive.path))
        try a.run()
        #expect(try SharedProject.clone(archive).run().units("fetched") == all)
    }

    @Test(
        "an archive that was there and is not, as on a share that is not mounted, is not made again"
    )
    func unmounted() throws {
        let archive = ScratchPlace()
        let a = try SharedProject.clone(archive)
        try a.run()
        try FileSystem.rename(archive.path, to: archive.path + "-away")
        defer { try? FileSystem.removeTree(archive.path + "-away") }
        try a.write("in.txt", "2")
        let run = try a.run()
        #expect(run.exit == .exited(0) && run.ran == all, "\(run.standardError)")
        #expect(run.notes.contains { $0.contains("is not there any more") }, "\(run.notes)")
        #expect(try FileSystem.status(archive.path) == nil)
        try FileSystem.rename(archive.path + "-away", to: archive.path)
        try a.run()
        let b = try SharedProject.clone(archive)
        try b.write("in.txt", "2")
        #expect(try b.run().units("fetched") == all)
    }

    @Test("a folder that is no archive, or another project's, is left alone")
    func foreign() throws {
        let archive = ScratchPlace()
        try FileSystem.createDirectories(archive.path)
        try FileSystem.writeAtomically(Array("mine".utf8), to: archive.path + "/notes.txt")
        let a = try SharedProject.clone(archive)
        let refused = try a.run()
        #expect(refused.exit == .exited(1))
        #expect(refused.standardError.contains("archive-foreign"), "\(refused.standardError)")
        #expect(try FileSystem.entries(of: archive.path).map(\.name) == ["notes.txt"])
        let other = ScratchPlace()
        try SharedProject.clone(other).run()
        let b = try SharedProject.clone(other) {
            $0.replacing("project: shared", with: "project: other")
        }
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
            let run = try SharedProject.clone(archive).run()
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
        let early = try SharedProject.clone(archive, reader)
        #expect(try early.run().ran == all)
        #expect(try FileSystem.status(archive.path) == nil)
        try SharedProject.clone(archive).run()
        let before = try archive.files("history")
        let b = try SharedProject.clone(archive, reader)
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
        let a = try SharedProject.clone(archive, signing)
        try a.write("pipeline/allowed_signers", allowed)
        try a.run()
        let b = try SharedProject.clone(archive, signing)
        try b.write("pipeline/allowed_signers", "")
        let run = try b.run()
        #expect(run.ran == all && run.units("fetched") == [])
        #expect(
            run.notes.contains { $0.contains("\(Host.userName)@\(Host.name) wrote it") },
            "\(run.notes)")
        let c = try SharedProject.clone(archive, signing)
        try c.write("pipeline/allowed_signers", allowed)
        #expect(try c.run().units("fetched") == all)
    }

    @Test("T1: what differs from the nearest result elsewhere is named")
    func elsewhere() throws {
        let archive = ScratchPlace()
        try SharedProject.clone(archive).run()
        let b = try SharedProject.clone(archive) { $0.replacing("sleep 0.3; ", with: "") }
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
}
