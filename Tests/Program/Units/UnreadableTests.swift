import FoundationEssentials
import Glibc
import Posix
import Processes
import Testing

/// A file that cannot be read is neither absent nor a person's own: what would read or send it fails, by its name.
///
/// `Tests/faults/campaign.py` asks the same of every read of every command; these are the answers that were once guessed.
struct UnreadableTests {
    private static let definition = """
        project: p
        stages:
          compile:
            units:
              each:
                matrix: { n: [VALUES] }
                command: cp in.txt {output}
                inputs: in.txt
                outputs: mid/{n}
              all:
                command: sh join.sh {output} {inputs}
                inputs: 'mid/*'
                outputs: out/all
          sync:
            needs: compile
            data: [mid, out]

        """

    /// `mid/b` is of a unit that left the definition, and its recorded state fits it no more: its content is read.
    private func project() throws -> UnitProject {
        let project = try UnitProject(Self.definition.replacing("VALUES", with: "a, b"))
        try project.write("in.txt", "in\n")
        try project.write("join.sh", ". ./lib.sh\nout=$1; shift; join \"$@\" > \"$out\"\n")
        try project.write("lib.sh", "join() { cat \"$@\"; }\n")
        try project.write(
            "pipeline/environments/here.yaml",
            "kind: data\ndata: { route: directory, root: slots, slots: 2 }\n")
        try FileSystem.createDirectories(project.path("slots"))
        let first = try project.run()
        #expect(first.exit == .exited(0), "\(first.standardError)")
        try project.write(
            "pipeline/pipeline.yaml", Self.definition.replacing("VALUES", with: "a"))
        _ = try project.shell("touch mid/b")
        return project
    }

    private static let repository = String(
        #filePath.dropLast("/Tests/Program/Units/UnreadableTests.swift".count))

    /// What makes each such call of the built program fail on one path of the project.
    private func failing(
        _ call: String, of path: String, in project: UnitProject, nth: Int = 0
    ) throws -> [String: String?] {
        let shim = project.root + ".shim.so"
        let built = try ProcessRunner.run(
            ProcessCommand([
                "cc", "-O2", "-U_FORTIFY_SOURCE", "-fno-builtin", "-shared", "-fPIC", "-o", shim,
                Self.repository + "/Tests/faults/shim.c", "-ldl",
            ]), timeout: 60)
        try #require(built.exit == .exited(0), "\(built.standardErrorText)")
        return [
            "LD_PRELOAD": shim, "FAULT_ROOT": project.root, "FAULT_CALL": call,
            "FAULT_PATH": "/" + path, "FAULT_ERRNO": "\(EIO)", "FAULT_NTH": "\(nth)",
        ]
    }

    private func remove(_ project: UnitProject) {
        try? FileSystem.remove(project.root + ".shim.so")  // try?: a scratch file of this test
    }

    @Test(
        "U31: a former output that cannot be read is neither sent nor kept back by a sync, which fails by its name",
        arguments: ["open", "read", "stat"])
    func sync(call: String) throws {
        let project = try project()
        defer { remove(project) }
        let slot = try project.shell("cat slots/a/.pipeline-release.json")
        let faults = try failing(call, of: "mid/b", in: project)
        let run = try project.tool(arguments: ["run", "sync"], environment: faults)
        #expect(run.exit == .exited(1))
        #expect(run.standardErrorText.contains("mid/b"), "\(run.standardErrorText)")
        let files = try project.tool(arguments: ["data", "files"], environment: faults)
        #expect(files.exit == .exited(2))
        #expect(files.standardOutputText.contains("unknown"), "\(files.standardOutputText)")
        #expect(try project.shell("cat slots/a/.pipeline-release.json") == slot)
        #expect(try project.exists("slots/a/mid/b"))
        #expect(try project.run("sync").exit == .exited(0))
        #expect(try !project.exists("slots/b/mid/b"))
    }

    @Test(
        "U31: a unit whose pattern matches a former output that cannot be read fails, by its name")
    func pattern() throws {
        let project = try project()
        defer { remove(project) }
        let before = try project.text("out/all")
        let run = try project.run(
            arguments: ["compile"], environment: try failing("read", of: "mid/b", in: project))
        #expect(run.units("failed") == ["compile/all"], "\(run.standardError)")
        #expect(run.message(of: "compile/all").contains("mid/b"))
        #expect(try project.text("out/all") == before)
        #expect(try project.exists("mid/b"))
        #expect(try project.run("compile").ran == ["compile/all"])
        #expect(try project.text("out/all") == "in\n")
    }

    @Test(
        "U27: gc removes a former output only where it could be read, and fails by its name otherwise"
    )
    func collecting() throws {
        let project = try project()
        defer { remove(project) }
        for nth in 0...4 {
            let faults = try failing("read", of: "mid/b", in: project, nth: nth)
            let gc = try project.tool(arguments: ["gc", "--yes"], environment: faults)
            guard gc.exit != .exited(0) else {
                #expect(nth > 1, "each look at it reads it")
                #expect(try !project.exists("mid/b"))
                return
            }
            #expect(gc.standardErrorText.contains("mid/b"), "\(gc.standardErrorText)")
            #expect(try project.exists("mid/b"), "failed at read \(nth)")
        }
        Issue.record("it never ends")
    }

    @Test("U34: a script that a command opened and that cannot be looked at is not forgotten")
    func script() throws {
        let project = try project()
        defer { remove(project) }
        try project.write("in.txt", "other\n")
        let faults = try failing("stat", of: "lib.sh", in: project)
        let run = try project.run(arguments: ["compile"], environment: faults)
        #expect(run.units("failed") == ["compile/all"], "\(run.standardError)")
        #expect(run.message(of: "compile/all").contains("lib.sh"))
        let status = try project.tool(arguments: ["plan"], environment: faults)
        #expect(status.standardOutputText.contains("lib.sh"), "\(status.standardOutputText)")
        #expect(try project.run("compile").ran == ["compile/all"])
        try project.write("lib.sh", "join() { echo new; cat \"$@\"; }\n")
        #expect(try project.run("compile").ran == ["compile/all"])
        #expect(try project.text("out/all") == "new\nother\n")
    }
}
