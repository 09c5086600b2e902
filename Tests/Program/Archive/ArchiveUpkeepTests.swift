import Digests
import Posix
import Processes
import Testing

/// Looking after an archive, on the built program.
struct ArchiveUpkeepTests {
    private let archive = ScratchPlace()

    private func made() throws -> UnitProject {
        let project = try SharedProject.clone(archive)
        let run = try project.run()
        try #require(run.exit == .exited(0), "\(run.standardError)")
        return project
    }

    @Test("T1: status shows what is there, by whom, and what a month of it comes to")
    func status() throws {
        let project = try made()
        let shown = try project.tool("archive", "status", "--price", "0.5").standardOutputText
        #expect(shown.contains("\(Host.userName)@\(Host.name)"), "\(shown)")
        let json = try project.tool("archive", "status", "--json").standardOutputText
        #expect(json.contains(#""results":4"#), "\(json)")
        let unsigned = try project.tool("archive", "status", "--price", "much")
        #expect(unsigned.exit == .exited(2))
        let alone = try UnitProject("project: p\nstages:\n  run: { command: [true], outputs: o }\n")
        #expect(try alone.tool("archive", "status").standardErrorText.contains("no-archive"))
    }

    @Test(
        "T1: verify finds a file that is missing, of another size, or of other content, and what no segment names"
    )
    func verify() throws {
        let project = try made()
        let whole = try project.tool("verify", "--archive", "--read", "full")
        #expect(whole.exit == .exited(0), "\(whole.standardErrorText)")
        let object = try #require(try archive.files("objects").first)
        let pack = try #require(try archive.files("packs").first)
        let content = try FileSystem.read(object, limit: 1 << 24)
        try replace(object, content.dropLast() + [content[0] ^ 1])
        #expect(try project.tool("verify", "--archive").exit == .exited(0), "sizes alone")
        let read = try project.tool("verify", "--archive", "--read", "full")
        #expect(read.exit == .exited(5) && read.standardOutputText.contains("content"))
        try replace(object, Array(content.dropLast()))
        let size = try project.tool("verify", "--archive")
        #expect(size.exit == .exited(5) && size.standardOutputText.contains("size"))
        try FileSystem.remove(pack)
        let missing = try project.tool("verify", "--archive")
        #expect(missing.standardOutputText.contains("missing  packs/"))
        try FileSystem.writeAtomically([1], to: archive.path + "/packs/other.pack")
        let unnamed = try project.tool("verify", "--archive")
        #expect(unnamed.standardOutputText.contains("unnamed  packs/other.pack"))
    }

    @Test("T1: parts of an archive are read in turn, until all were read")
    func rotation() throws {
        let project = try made()
        for number in 1...6 {
            try project.write("in.txt", "\(number)")
            try project.run()
        }
        let object = try #require(try archive.files("objects").last)
        let content = try FileSystem.read(object, limit: 1 << 24)
        try replace(object, content.dropLast() + [content[0] ^ 1])
        var found = 0
        for _ in 1...5 {
            let part = try project.tool("verify", "--archive", "--read", "1/5")
            if part.exit == .exited(5) { found += 1 }
        }
        #expect(found == 1, "each file is read once in five parts")
        let wrong = try project.tool("verify", "--archive", "--read", "3/2")
        #expect(wrong.exit == .exited(2))
    }

    @Test(
        "T1: what nothing needs is marked first, and removed by a later collection; the newest results stay"
    )
    func collected() throws {
        let project = try made()
        try project.write("in.txt", "2")
        try project.run()
        let before = try archive.files("objects") + archive.files("packs")
        let dry = try project.tool(
            "gc", "--archive", "--results", "1", "--days", "0", "--dry-run", "--json")
        #expect(dry.standardOutputText.contains(#""removed":{"bytes":0,"files":0}"#))
        #expect(try archive.files("objects") + archive.files("packs") == before)
        #expect(try !archive.exists("pipeline-archive-unneeded.json"), "a dry run changes nothing")
        let first = try project.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(try archive.files("objects") + archive.files("packs") == before)
        let second = try project.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        let after = try archive.files("objects") + archive.files("packs")
        #expect(after.count < before.count && Set(after).isSubset(of: before))
        #expect(try project.tool("verify", "--archive", "--read", "full").exit == .exited(0))
        let newest = try SharedProject.clone(archive)
        try newest.write("in.txt", "2")
        #expect(try newest.run().units("fetched") == SharedProject.units)
        let old = try SharedProject.clone(archive)
        let again = try old.run()
        #expect(again.ran.contains("compile/large"), "what was removed is made again")
        let third = try SharedProject.clone(archive)
        #expect(try third.run().units("fetched") == SharedProject.units, "and sent again")
    }

    @Test("T1: what is marked and needed again stays")
    func neededAgain() throws {
        let project = try made()
        try project.write("in.txt", "2")
        try project.run()
        _ = try project.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
        let other = try SharedProject.clone(archive)
        #expect(try other.run().units("fetched") == SharedProject.units)
        try other.write("in.txt", "3")
        try other.run()
        try other.write("in.txt", "1")
        try other.run("--force")
        _ = try project.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
        let late = try SharedProject.clone(archive)
        let run = try late.run()
        #expect(run.units("fetched") == SharedProject.units, "\(run.notes) \(run.ran)")
    }

    /// A clone with two small contents in one pack, of which the larger is then replaced.
    private func sparse() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: shared
            archive: { root: \(archive.path), sign: none }
            stages:
              compile:
                units:
                  keep: { command: [sh, -c, 'head -c 100 "$2" > "$1"', x, "{output}", "{input}"], inputs: kept.txt, outputs: keep }
                  drop: { command: [sh, -c, 'head -c 1000000 /dev/zero | tr "\\0" "$(cat "$2")" > "$1"', x, "{output}", "{input}"], inputs: dropped.txt, outputs: drop }
                  also: { command: [sh, -c, 'head -c 900000 /dev/zero | tr "\\0" "$(cat "$2")" > "$1"', x, "{output}", "{input}"], inputs: dropped.txt, outputs: also }
            """)
        try project.write("kept.txt", "kept")
        for text in ["1", "2"] {
            try project.write("dropped.txt", text)
            try #require(try project.run().exit == .exited(0))
        }
        return project
    }

    private func collect(_ project: UnitProject) throws -> String {
        let done = try project.tool(
            "gc", "--archive", "--results", "1", "--days", "0", "--yes", "--json")
        #expect(done.exit == .exited(0), "\(done.standardErrorText)")
        return done.standardOutputText
    }

    @Test("what is needed of a pack is written again, before the pack goes")
    func thinned() throws {
        let project = try sparse()
        let old = try #require(try archive.files("packs").first)
        let content = try FileSystem.read(old, limit: 1 << 24)
        #expect(try collect(project).contains(#""rewritten":{"bytes":4,"contents":1}"#))
        #expect(try archive.files("packs").contains(old))
        let second = try collect(project)
        #expect(second.contains(#""rewritten":{"bytes":0,"contents":0}"#), "it was done")
        #expect(try !archive.files("packs").contains(old), "\(content.count) bytes are gone")
        #expect(try project.tool("verify", "--archive", "--read", "full").exit == .exited(0))
        let reader = try UnitProject(try project.text("pipeline/pipeline.yaml"))
        try reader.write("kept.txt", "kept")
        try reader.write("dropped.txt", "2")
        let run = try reader.run()
        #expect(
            run.units("fetched") == ["compile/also", "compile/drop", "compile/keep"],
            "\(run.notes) \(run.ran)")
    }

    @Test("a pack stays as long as what was written again of it cannot be read")
    func copyDamaged() throws {
        let project = try sparse()
        let before = try archive.files("packs")
        let old = try #require(before.first)
        _ = try collect(project)
        let copy = try #require(try archive.files("packs").first { !before.contains($0) })
        let content = try FileSystem.read(copy, limit: 1 << 24)
        try replace(copy, [content[0] ^ 1] + content.dropFirst())
        for _ in 1...3 { _ = try collect(project) }
        #expect(try archive.files("packs").contains(old))
        try replace(copy, content)
        for _ in 1...2 { _ = try collect(project) }
        #expect(try !archive.files("packs").contains(old))
    }

    @Test("a clone that only reads removes nothing")
    func readOnly() throws {
        let project = try made()
        try project.write("in.txt", "2")
        try project.run()
        _ = try project.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
        let before = try archive.files("objects") + archive.files("packs")
        let reader = try SharedProject.clone(archive) {
            $0.replacing("sign: none", with: "sign: none, role: read")
        }
        let refused = try reader.tool("gc", "--archive", "--results", "1", "--days", "0", "--yes")
        #expect(refused.standardErrorText.contains("error[archive-read-only]"))
        #expect(try archive.files("objects") + archive.files("packs") == before)
    }

    private func replace(_ path: String, _ bytes: [UInt8]) throws {
        try FileSystem.remove(path)
        try FileSystem.writeAtomically(bytes, to: path)
    }
}
