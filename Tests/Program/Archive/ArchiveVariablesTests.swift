import Posix
import Processes
import Testing

/// What a machine sets for itself in the archive, by variables, on the built program.
struct ArchiveVariablesTests {
    private let archive = ScratchPlace()
    private let keys = ScratchPlace()

    /// - Parameter keys: further keys of `archive`.
    private func clone(_ more: String) throws -> UnitProject {
        let project = try UnitProject(
            """
            project: shared
            archive: { root: \(archive.path)\(more) }
            stages:
              compile:
                units:
                  one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/one }
            """)
        try project.write("in.txt", "1")
        return project
    }

    private func key(_ name: String) throws -> String {
        try FileSystem.createDirectories(keys.path)
        let path = "\(keys.path)/\(name)"
        let made = try ProcessRunner.run(
            ProcessCommand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path]))
        try #require(made.exit.isSuccess)
        return path
    }

    @Test(
        "W4: a machine that only reads adds nothing, and one that writes needs no other definition")
    func roles() throws {
        let reader = try clone(", sign: none")
        #expect(try reader.run(environment: ["PIPELINE_ARCHIVE_ROLE": "read"]).ran.count == 1)
        #expect(try FileSystem.status(archive.path) == nil)
        // An empty value, as of a secret that a fork is not given, is none.
        let writer = try clone(", sign: none")
        #expect(try writer.run(environment: ["PIPELINE_ARCHIVE_ROLE": ""]).ran.count == 1)
        #expect(try archive.files("history").count == 1)
        let other = try clone(", sign: none, role: read")
        try other.write("in.txt", "2")
        try other.write(".pipeline/host.env", "PIPELINE_ARCHIVE_ROLE=write\n")
        // What the caller sets comes before the file.
        #expect(try other.run(environment: ["PIPELINE_ARCHIVE_ROLE": "read"]).ran.count == 1)
        #expect(try archive.files("history").count == 1)
        #expect(try other.run().exit == .exited(0))
        #expect(try archive.files("history").count == 2)
    }

    @Test("W4: each machine signs with its own key")
    func signing() throws {
        let ci = try key("ci")
        let allowed = "ci@lab \(try FileSystem.readText(ci + ".pub"))"
        let a = try clone(", sign: \(keys.path)/of-a-person")
        try a.write("pipeline/allowed_signers", allowed)
        #expect(try a.run(environment: ["PIPELINE_ARCHIVE_SIGN": ci]).ran.count == 1)
        let b = try clone(", role: read")
        try b.write("pipeline/allowed_signers", allowed)
        #expect(try b.run().units("fetched").count == 1)
        // A project without signatures signs nothing, whatever key a machine has.
        try FileSystem.removeTree(archive.path)
        let plain = try clone(", sign: none")
        #expect(try plain.run(environment: ["PIPELINE_ARCHIVE_SIGN": ci]).ran.count == 1)
        #expect(try archive.files("history").count == 1)
    }

    @Test(
        "W4: a variable that cannot be followed ends the command before anything else",
        arguments: [
            ("PIPELINE_ARCHIVE_ROLE", "reader", "is \"reader\""),
            ("PIPELINE_ARCHIVE_SIGN", "none", "the results of this project are signed"),
            ("PIPELINE_ARCHIVE_ROLE", "write", "no key is named"),
        ])
    func refused(name: String, value: String, reason: String) throws {
        let project = try clone(", role: read")
        let run = try project.tool(arguments: ["run"], environment: [name: value])
        #expect(run.exit == .exited(2), "\(run.standardErrorText)")
        #expect(
            run.standardErrorText.contains("error[archive-variable]"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains(reason), "\(run.standardErrorText)")
        #expect(try !project.exists("out/one"))
        #expect(try FileSystem.status(archive.path) == nil)
    }
}
