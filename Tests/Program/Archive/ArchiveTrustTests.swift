import Digests
import Posix
import Processes
import TestServers
import Testing

/// T4: a project that begins to ask for signatures.
struct ArchiveTrustTests {
    private static let definition = """
        project: shared
        archive: { root: ARCHIVE, sign: SIGN }
        stages:
          compile:
            units:
              value: { command: [sh, -c, 'head -c 8 /dev/urandom | od > "$1"', x, "{output}"], inputs: in.txt, outputs: out/value }
              copy: { command: [sh, -c, 'cp "$2" "$1"', x, "{output}", "{input}"], inputs: out/value, outputs: out/copy }
        """

    private let archive = ScratchPlace()
    private let folder = ScratchPlace()
    private var key: String { folder.path + "/ada" }

    init() throws {
        try FileSystem.createDirectories(folder.path)
        let made = try ProcessRunner.run(
            ProcessCommand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]))
        try #require(made.exit.isSuccess)
    }

    private func clone(sign: String = "none") throws -> UnitProject {
        let project = try UnitProject("")
        try use(sign, project)
        try project.write("in.txt", "1")
        return project
    }

    private func use(_ sign: String, _ project: UnitProject) throws {
        try project.write(
            "pipeline/pipeline.yaml",
            Self.definition.replacing("ARCHIVE", with: archive.path)
                .replacing("SIGN", with: sign))
        try project.write(
            "pipeline/allowed_signers", "ada@lab \(try FileSystem.readText("\(key).pub"))")
    }

    @Test(
        "T4: what was fetched without signatures is not used once the project asks for them, and is reported"
    )
    func begun() throws {
        // Who can write to the place, and has no key.
        let forger = try clone()
        #expect(try forger.run().ran == ["compile/copy", "compile/value"])
        let b = try clone()
        let unsigned = try b.run()
        #expect(unsigned.units("fetched") == ["compile/copy", "compile/value"])
        #expect(try b.text("out/value") == forger.text("out/value"))

        let a = try clone(sign: key)
        let signing = try a.run()
        #expect(signing.ran == ["compile/copy", "compile/value"], "\(signing.notes)")
        try use(key, b)
        let run = try b.run()
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(
            run.notes.contains {
                $0.hasPrefix("1 segment of the archive's history")
                    && $0.contains("2 results fetched from them do not count")
            }, "\(run.notes)")
        #expect(run.notes.contains { $0.contains("it has no signature") }, "\(run.notes)")
        #expect(run.units("fetched") == ["compile/copy", "compile/value"], "\(run.notes)")
        #expect(try b.text("out/value") == a.text("out/value"))
        #expect(try b.text("out/copy") == a.text("out/value"))
        let again = try b.run()
        #expect(again.ran + again.units("fetched") == [])
        #expect(!again.notes.contains { $0.contains("no signature on record") }, "\(again.notes)")
    }

    @Test(
        "T4: where the archive does not answer just then, what nobody has verified is not used either"
    )
    func away() throws {
        let forger = try clone()
        #expect(try forger.run().ran.count == 2)
        let b = try clone()
        #expect(try b.run().units("fetched").count == 2)
        // The store gives it back later: it is the same result.
        try b.write("in.txt", "2")
        #expect(try b.run().ran.count == 2)
        try b.write("in.txt", "1")
        #expect(try b.run().units("restored").count == 2)
        try use(key, b)
        _ = try b.shell("mv \(archive.path) \(archive.path)-away")
        defer { try? FileSystem.removeTree(archive.path + "-away") }
        let planned = try b.tool("plan")
        #expect(
            (planned.standardOutputText + planned.standardErrorText).contains(
                "no signature on record"),
            "\(planned.standardOutputText)\(planned.standardErrorText)")
        let run = try b.run()
        #expect(run.ran == ["compile/copy", "compile/value"], "\(run.notes)")
        #expect(try b.text("out/value") != forger.text("out/value"))
    }

    @Test(
        "T4: a clone's own results stay, and count for others once its next run has signed for them"
    )
    func own() throws {
        let a = try clone()
        #expect(try a.run().ran.count == 2)
        let early = try clone(sign: key)
        try early.write("in.txt", "2")
        #expect(try early.run().notes.contains { $0.contains("it has no signature") })
        try use(key, a)
        let quiet = try a.run()
        #expect(
            quiet.ran == [] && quiet.notes.allSatisfy { !$0.contains("no signature on record") })
        let b = try clone(sign: key)
        let fetched = try b.run()
        #expect(fetched.units("fetched") == ["compile/copy", "compile/value"], "\(fetched.notes)")
        #expect(try b.text("out/value") == a.text("out/value"))
        // The next segments follow the one that was signed late.
        try a.write("in.txt", "3")
        #expect(try a.run().ran == ["compile/copy", "compile/value"])
        try b.write("in.txt", "3")
        #expect(try b.run().units("fetched") == ["compile/copy", "compile/value"])
        for clone in [a, b] {
            let sound = try clone.tool("verify", "--archive", "--read", "full")
            #expect(
                sound.exit == .exited(0), "\(sound.standardOutputText)\(sound.standardErrorText)")
        }
    }

    @Test(
        "T4: where a clone's own segments do not count any more, it begins a new series, and writes over no file of the archive"
    )
    func newSeries() throws {
        let a = try clone()
        #expect(try a.run().ran.count == 2)
        // As in a ledger of before it had the column.
        _ = try a.shell("sqlite3 .pipeline/ledger.sqlite 'UPDATE archive_segments SET is_own = 0'")
        let before = try contents()
        try use(key, a)
        let run = try a.run()
        #expect(run.notes.contains { $0.contains("has no signature on record") }, "\(run.notes)")
        try a.write("in.txt", "2")
        #expect(try a.run().ran.count == 2)
        let after = try contents()
        #expect(after.count > before.count)
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        let writers = after.keys.filter { $0.hasSuffix(".jsonl") }
            .map { $0.split(separator: "/").last?.prefix(32) }
        #expect(Set(writers).count == 2, "\(writers)")
        let b = try clone(sign: key)
        try b.write("in.txt", "2")
        #expect(try b.run().units("fetched") == ["compile/copy", "compile/value"])
    }

    @Test("T4: a segment that a kill kept from the ledger is this clone's own all the same")
    func killed() throws {
        let a = try clone()
        #expect(try a.run().ran.count == 2)
        // The segment lies in the archive, and the ledger does not know it.
        for table in ["archive_objects", "archive_results", "archive_programs", "archive_segments"]
        {
            _ = try a.shell("sqlite3 .pipeline/ledger.sqlite 'DELETE FROM \(table)'")
        }
        #expect(try a.run().ran == [])
        let before = try contents()
        try use(key, a)
        let run = try a.run()
        #expect(!run.notes.contains { $0.contains("no signature on record") }, "\(run.notes)")
        let after = try contents()
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        let b = try clone(sign: key)
        #expect(try b.run().units("fetched") == ["compile/copy", "compile/value"])
        #expect(try b.text("out/value") == a.text("out/value"))
    }

    /// The digests of all files of the history, of packs and of objects.
    private func contents() throws -> [String: Digest] {
        var found: [String: Digest] = [:]
        for folder in ["history", "packs", "objects"] {
            for file in try archive.files(folder) { found[file] = try Digest.ofFile(file).digest }
        }
        return found
    }
}
