import FoundationEssentials
import Posix
import Processes
import Testing

/// Files whose units left the definition: where they go, and what is reported of them.
struct StaleFileTests {
    private static func family(_ values: String, _ suffix: String = "", reader: Bool = true)
        -> String
    {
        """
        project: p
        stages:
          compile:
            units:
              one: { matrix: { k: [\(values)] }, command: [sh, -c, 'echo "$2\(suffix)" > "$1"', x, "{output}", "{k}"], outputs: "mid/{k}" }

        """
            + (reader
                ? "      all: { command: [sh, -c, 'cat mid/* > \"$1\"', x, \"{output}\"], inputs: mid/*, outputs: out }\n"
                : "")
    }

    @Test("moved to another file system, over what lies there, the newest content is kept")
    func otherFileSystem() throws {
        let shelf = "/dev/shm/pipeline-stale-\(UUID().uuidString)"
        try FileSystem.createDirectories(shelf)
        defer { try? FileSystem.removeTree(shelf) }
        let project = try UnitProject(Self.family("a, b"))
        #expect(try project.run().exit == .exited(0))
        try FileSystem.symbolicLink(to: shelf, at: project.path(".pipeline/stale"))
        for suffix in ["", "2"] {
            try project.write("pipeline/pipeline.yaml", Self.family("a, b", suffix))
            #expect(try project.run().exit == .exited(0))
            try project.write("pipeline/pipeline.yaml", Self.family("a", suffix))
            let run = try project.run()
            #expect(run.exit == .exited(0), "\(run.standardError)")
            #expect(try FileSystem.readText("\(shelf)/mid/b") == "b\(suffix)\n")
            #expect(try !project.exists("mid/b"))
            #expect(try project.text("out") == "a\(suffix)\n")
        }
        #expect(try project.tool("gc", "--yes").exit == .exited(0))
        #expect(try FileSystem.status("\(shelf)/mid/b") == nil)
    }

    @Test("what no unit reads stays, a note names it until it is gone, and gc takes it away")
    func unread() throws {
        let project = try UnitProject(Self.family("a, b, c", reader: false))
        #expect(try project.run().exit == .exited(0))
        try project.write("pipeline/pipeline.yaml", Self.family("a", reader: false))
        let notes = try notes(project)
        #expect(notes.count == 1 && notes[0].contains("mid/b and 1 more"), "\(notes)")
        #expect(try project.text("mid/b") == "b\n")
        #expect(try project.tool("gc", "--yes").exit == .exited(0))
        #expect(try !project.exists("mid/b"))
        #expect(try self.notes(project) == [])
    }

    private func notes(_ project: UnitProject) throws -> [String] {
        try project.run().notes.filter { $0.contains("no longer has") }
    }

    @Test("of many files that are moved some are named, and all are counted")
    func many() throws {
        let project = try UnitProject(Self.family("a, b1, b2, b3, b4, b5, b6, b7"))
        #expect(try project.run().exit == .exited(0))
        try project.write("pipeline/pipeline.yaml", Self.family("a"))
        let notes = try project.run().notes
        #expect(notes.count { $0.contains("moved to .pipeline/stale/mid/b") } == 5, "\(notes)")
        #expect(notes.contains("and 2 more files like these"), "\(notes)")
        #expect(try project.text("out") == "a\n")
        // Where they lie now nothing is in the way, and nothing is said of them.
        #expect(try project.run().notes == [])
    }
}
